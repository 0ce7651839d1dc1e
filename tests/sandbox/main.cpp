// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/namespaces.hpp"

#include <gtest/gtest.h>

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    if (GTEST_FLAG_GET(list_tests)) // at build time, without root
        return RUN_ALL_TESTS();
    return otgnet::sandbox::runInside([] { return RUN_ALL_TESTS(); });
}
