// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/doctor/report.hpp"

#include <algorithm>

namespace otgnet::ctl {

namespace {

constexpr std::size_t labelWidth = 10;

std::string mark(Level level, const Style& style) {
    switch (level) {
    case Level::fine:
        return style.paint(style.good, "✓");
    case Level::note:
        return style.paint(style.attention, "!");
    case Level::problem:
        return style.paint(style.bad, "×");
    }
    return "";
}

const char* levelName(Level level) {
    switch (level) {
    case Level::fine:
        return "fine";
    case Level::note:
        return "note";
    case Level::problem:
        return "problem";
    }
    return "";
}

std::string summary(std::size_t problems) {
    if (problems == 0)
        return "Nothing is wrong.\n";
    return problems == 1 ? "1 problem.\n" : std::to_string(problems) + " problems.\n";
}

} // namespace

std::size_t countProblems(const std::vector<Finding>& findings) {
    return static_cast<std::size_t>(
        std::count_if(findings.begin(), findings.end(), [](const Finding& f) { return f.level == Level::problem; }));
}

std::string reportText(const std::vector<Finding>& findings, const Style& style) {
    std::string out;
    for (const auto& finding : findings) {
        const std::string gap(labelWidth - std::min(labelWidth, finding.about.size()), ' ');
        out += mark(finding.level, style) + " " + style.paint(style.bold, finding.about) + gap + "  " + finding.text +
               "\n";
        if (!finding.cure.empty())
            out += std::string(labelWidth + 4, ' ') + "Try: " + finding.cure + "\n";
    }
    return out + "\n" + summary(countProblems(findings));
}

Json reportJson(const std::vector<Finding>& findings) {
    Json rows = Json::array();
    for (const auto& finding : findings)
        rows.push_back({{"level", levelName(finding.level)},
                        {"about", finding.about},
                        {"text", finding.text},
                        {"cure", finding.cure}});
    return {{"findings", rows}, {"problems", countProblems(findings)}};
}

} // namespace otgnet::ctl
