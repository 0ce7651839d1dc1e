// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/ctl_fixture.hpp"

#include "base/file.hpp"

#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace otgnet::sandbox {
namespace {

using Words = std::set<std::string>;
using Offers = std::map<std::string, Words>; ///< line -> what may follow

constexpr const char* completions = OTGNET_SOURCE_DIR "/src/ctl/completions";
const std::string path = "PATH=" OTGNET_BINARY_DIR "/src/ctl:/usr/bin:/bin:/usr/sbin:/sbin";

/// First words of lines: descriptions may follow.
Words wordsOf(const std::string& text) {
    Words out;
    std::istringstream lines(text);
    for (std::string line, word; std::getline(lines, line);)
        if (std::istringstream(line) >> word)
            out.insert(word);
    return out;
}

/// All matches of the first group.
Words all(const std::string& text, const std::string& pattern) {
    const std::regex expression(pattern);
    Words out;
    for (auto at = std::sregex_iterator(text.begin(), text.end(), expression); at != std::sregex_iterator(); ++at)
        out.insert((*at)[1]);
    return out;
}

/// A line ends in the word to complete.
Offers bash(const std::vector<std::string>& lines) {
    Offers out;
    for (const auto& line : lines)
        out[line] = wordsOf(run({"bash", "-c",
                                 path + "\nsource /usr/share/bash-completion/bash_completion\nsource " + completions +
                                     "/otgnetctl.bash\n"
                                     "compopt() { :; }\n" // works only while a person completes
                                     "COMP_LINE='" +
                                     line +
                                     "' COMP_POINT=${#COMP_LINE} COMP_TYPE=9\n"
                                     "broken=${COMP_LINE//=/ = }\n"
                                     "read -ra COMP_WORDS <<<\"${broken//@/ @ }\"\n"
                                     "[[ $COMP_LINE == *' ' || $COMP_LINE == *= ]] && COMP_WORDS+=('')\n"
                                     "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                                     "_otgnetctl; printf '%s\\n' \"${COMPREPLY[@]}\""}));
    return out;
}

Offers fish(const std::vector<std::string>& lines) {
    Offers out;
    for (const auto& line : lines)
        out[line] = wordsOf(run({"fish", "--no-config", "-c",
                                 "set -x " + std::regex_replace(path, std::regex("[=:]"), " ") + "; source " +
                                     completions + "/otgnetctl.fish; complete -C '" + line + "'"}));
    for (auto& [line, words] : out) // fish 4 offers what holds the letters anywhere, too
        std::erase_if(words,
                      [typed = line.substr(line.rfind(' ') + 1)](const auto& w) { return !w.starts_with(typed); });
    return out;
}

/// A real one on a terminal, for all lines.
Offers zsh(const std::vector<std::string>& lines) {
    std::string asked;
    for (const auto& line : lines)
        asked += line + "\n";
    const std::string offered = "/run/sandbox/zsh/offered";
    std::filesystem::remove_all("/run/sandbox/zsh");
    std::filesystem::create_directories("/run/sandbox/zsh");
    std::filesystem::copy_file(OTGNET_SOURCE_DIR "/tests/sandbox/ctl_completion.zsh", "/run/sandbox/zsh/.zshrc");
    const ProcessOptions options{.environment = {"ZDOTDIR=/run/sandbox/zsh", "OFFERED=" + offered, "ASKED=" + asked,
                                                 std::string("COMPLETIONS=") + completions, "TERM=xterm"}};
    run({"script", "-qec", path + " exec zsh -d -i", "/dev/null"}, options); // -d: without the machine's own
    Offers out;
    std::istringstream text(readFileIfExists(offered).value_or(""));
    std::string current;
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with(">"))
            out[current = line.substr(1)] = {};
        else
            out[current].merge(wordsOf(line));
    }
    return out;
}

class Completion : public CtlFixture {};

const Offers expected{
    {"otgnetctl re", {"replug", "reload", "reset"}},
    {"otgnetctl --json repl", {"replug"}},
    {"otgnetctl allow ", {"tcp", "udp", "icmp"}},
    {"otgnetctl set --json --p", {"--persist"}},
    {"otgnetctl get otgnet/d", {"otgnet/dhcp/dns"}},
    {"otgnetctl reset otgnet/d", {"otgnet/dhcp/dns"}},
    {"otgnetctl allow --persist ", {"tcp", "udp", "icmp"}},
    {"otgnetctl allow --persist tcp ", {}},
    {"otgnetctl -H status repl", {"replug"}},
    {"otgnetctl -H set get otgnet/d", {}},
    {"otgnetctl --host=pikvm get otgnet/d", {}},
    {"otgnetctl -H root@pikvm set otgnet/d", {}},
    {"otgnetctl set -H root@pikvm otgnet/firewall/allow_icmp=", {}},
};

std::vector<std::string> linesOf(const Offers& offers) {
    std::vector<std::string> out;
    for (const auto& [line, words] : offers)
        out.push_back(line);
    return out;
}

Offers with(Offers offers, const Offers& more) {
    offers.insert(more.begin(), more.end());
    return offers;
}

TEST_F(Completion, Bash) {
    const Offers own = with(expected, {{"otgnetctl set otgnet/d", {"otgnet/dhcp/dns="}},
                                       {"otgnetctl set otg/devices/ethernet/driver=r", {"rndis", "rocket"}},
                                       {"otgnetctl set otgnet/firewall/allow_icmp=", {"true", "false"}}});
    EXPECT_EQ(bash(linesOf(own)), own);
}

TEST_F(Completion, Fish) {
    const Offers own = with(expected, {{"otgnetctl set otgnet/d", {"otgnet/dhcp/dns="}},
                                       {"otgnetctl set otg/devices/ethernet/driver=r",
                                        {"otg/devices/ethernet/driver=rndis", "otg/devices/ethernet/driver=rocket"}}});
    EXPECT_EQ(fish(linesOf(own)), own);
}

TEST_F(Completion, Zsh) {
    const Offers own = with(expected, {{"otgnetctl set otgnet/d", {"otgnet/dhcp/dns"}}, // with "=" as the suffix
                                       {"otgnetctl set otg/devices/ethernet/driver=r", {"rndis", "rocket"}},
                                       {"otgnetctl set otgnet/firewall/allow_icmp=", {"true", "false"}}});
    EXPECT_EQ(zsh(linesOf(own)), own);
}

TEST_F(Completion, IsSilentWithoutTheService) {
    service_.reset();
    const Offers nothing{{"otgnetctl get otgnet/d", {}}, {"otgnetctl set otgnet/d", {}}};
    EXPECT_EQ(bash(linesOf(nothing)), nothing);
    EXPECT_EQ(fish(linesOf(nothing)), nothing);
    EXPECT_EQ(zsh(linesOf(nothing)), nothing);
}

Words optionsOf(const std::vector<std::string>& verb) {
    std::vector<std::string> arguments = verb;
    arguments.emplace_back("--help");
    return all(otgnetctl(arguments).output, "(--[a-z]+(?:-[a-z]+)*)");
}

Words verbsOfProgram() {
    const std::string help = otgnetctl({"--help"}).output;
    const std::regex title("\nsubcommands:", std::regex::icase); // capitals are newer CLI11's
    std::smatch found;
    EXPECT_TRUE(std::regex_search(help, found, title));
    return all(found.suffix(), "\n  ([a-z]+) ");
}

/// What may stand behind "--", by line: before a verb and behind each.
Offers optionsOfProgram() {
    const Words everywhere = optionsOf({});
    Offers out{{"otgnetctl --", everywhere}};
    for (const auto& verb : verbsOfProgram()) {
        Words& options = out["otgnetctl " + verb + " --"];
        options = optionsOf({verb});
        options.insert(everywhere.begin(), everywhere.end());
        options.erase("--version");
    }
    return out;
}

TEST_F(Completion, KnowsTheVerbsAndOptionsOfTheProgram) {
    const Offers options = optionsOfProgram();
    EXPECT_GT(options.size(), 10U);
    const Offers all = with(options, {{"otgnetctl ", verbsOfProgram()}});
    EXPECT_EQ(bash(linesOf(all)), all);
    EXPECT_EQ(fish(linesOf(all)), all);
    EXPECT_EQ(zsh(linesOf(all)), all);
}

/// The headings of a section's paragraphs, raw.
std::vector<std::string> manTags(const std::string& title) {
    const std::string page = readFileIfExists(OTGNET_SOURCE_DIR "/man/otgnetctl.1.in").value_or("");
    std::istringstream lines(page.substr(std::min(page.find("\n.SH " + title + "\n") + 1, page.size())));
    std::vector<std::string> out;
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line) && !line.starts_with(".SH"))
        if (line == ".TP" && std::getline(lines, line))
            out.push_back(line);
    return out;
}

Words optionsIn(const std::string& roff) {
    return all(std::regex_replace(roff, std::regex("\\\\-"), "-"), "(--[a-z]+(?:-[a-z]+)*)");
}

TEST_F(Completion, TheManPageHasTheVerbsAndOptionsOfTheProgram) {
    Words everywhere;
    for (const auto& tag : manTags("OPTIONS"))
        everywhere.merge(optionsIn(tag));
    EXPECT_EQ(everywhere, optionsOf({}));
    Words known;
    for (const auto& tag : manTags("VERBS")) {
        for (const auto& verb : all(tag, "(?:^\\.BR? |, \" ?)([a-z]+)")) {
            known.insert(verb);
            Words own = optionsOf({verb});
            own.erase("--help");
            EXPECT_EQ(optionsIn(tag), own) << verb;
        }
    }
    EXPECT_EQ(known, verbsOfProgram());
}

} // namespace
} // namespace otgnet::sandbox
