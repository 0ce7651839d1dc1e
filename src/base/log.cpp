// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/log.hpp"

#include <systemd/sd-daemon.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace otgnet::log {

namespace {

/// One write per line, so that lines of parallel writers do not mix. Control characters are made visible: texts quote
/// what came from outside.
void put(const char* priority, std::string_view text) {
    static const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
    std::string line = journal ? priority : "";
    for (char c : text)
        line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    line += '\n';
    static_cast<void>(std::fwrite(line.data(), 1, line.size(), stderr)); // there is nobody to tell
}

} // namespace

void error(std::string_view text) {
    put(SD_ERR, text);
}

void warning(std::string_view text) {
    put(SD_WARNING, text);
}

void notice(std::string_view text) {
    put(SD_NOTICE, text);
}

void info(std::string_view text) {
    put(SD_INFO, text);
}

void debug(std::string_view text) {
    static const bool wanted = std::getenv("OTGNET_DEBUG") != nullptr;
    if (wanted)
        put(SD_DEBUG, text);
}

} // namespace otgnet::log
