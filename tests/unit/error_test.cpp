// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace otgnet {
namespace {

TEST(Error, EveryCodeHasAName) {
    for (int i = 0; i <= static_cast<int>(ErrorCode::Failed); ++i) {
        const auto code = static_cast<ErrorCode>(i);
        EXPECT_EQ(errorCode(errorName(code)), code) << errorName(code);
    }
}

TEST(Error, UnknownNameHasNoCode) {
    EXPECT_EQ(errorCode("org.pikvm.OtgNet.Error.Nonsense"), std::nullopt);
}

TEST(Error, SystemErrorSaysTheErrno) {
    const Error error = systemError(ErrorCode::KernelSupport, "cannot open /x", ENOENT);
    EXPECT_EQ(error.code(), ErrorCode::KernelSupport);
    EXPECT_STREQ(error.what(), "cannot open /x: No such file or directory");
}

} // namespace
} // namespace otgnet
