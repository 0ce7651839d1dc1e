// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

// How long it takes to load a PiKVM's whole configuration (19 layers of includes, 200 kB); ours beside PyYAML's
// SafeLoader, which kvmd uses, on the same files.

#include "host/config_files.hpp"
#include "support/temporary_directory.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <vector>

namespace otgnet {
namespace {

namespace fs = std::filesystem;

constexpr int layers = 19;
constexpr int rounds = 50;
constexpr std::size_t bytes = 200'000;

/// One section of kvmd's sort: comments, flags, lists, a command.
std::string section(int number) {
    const std::string n = std::to_string(number);
    return "  section" + n +
           ":\n    # what this is good for, in a sentence of the usual length\n    enabled: true\n"
           "    name: value" +
           n + "\n    delay: 0." + n +
           "\n    list: [1, 2, {a: b, c: 'd e'}]\n"
           "    cmd:\n    - /usr/bin/thing\n    - \"--flag={x" +
           n + "}\"\n    sub: {rate: " + n + ", mode: fast}\n";
}

/// kvmd's files: each layer includes the next one and brings its share.
void writeTree(const fs::path& root) {
    fs::create_directories(root / "usr/lib/kvmd");
    fs::create_directories(root / "etc/kvmd/override.d");
    int number = 0;
    for (int i = 0; i < layers; ++i) {
        std::string text = "otgnet: {firewall: {allow_tcp: [80, 443]}}\nkvmd:\n";
        while (text.size() < bytes / layers)
            text += section(number++);
        if (i + 1 < layers)
            text += "next: !include layer" + std::to_string(i + 1) + ".yaml\n";
        const fs::path name = i == 0 ? "usr/lib/kvmd/main.yaml" : "usr/lib/kvmd/layer" + std::to_string(i) + ".yaml";
        std::ofstream(root / name) << text;
    }
    std::ofstream(root / "etc/kvmd/override.yaml") << "otgnet: {iface: {net: 10.65.0.0/28}}\n";
}

double nowMs(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double loadMs(const fs::path& root, clockid_t clock) {
    const double start = nowMs(clock);
    ConfigFiles(root).load({});
    return nowMs(clock) - start;
}

double median(const fs::path& root, clockid_t clock) {
    std::vector<double> ms;
    for (int i = 0; i < rounds; ++i)
        ms.push_back(loadMs(root, clock));
    std::nth_element(ms.begin(), ms.begin() + rounds / 2, ms.end());
    return ms[rounds / 2];
}

long residentKilobytes() {
    long pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> pages;
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}

void measureOurs(const fs::path& root) {
    ConfigFiles("/nonexistent").load({}); // tables and libraries
    const long before = residentKilobytes();
    const double wall = median(root, CLOCK_MONOTONIC);
    const double cpu = median(root, CLOCK_PROCESS_CPUTIME_ID);
    std::printf("otgnet  %8.2f ms, %.2f ms of CPU (medians of %d), %ld kB of memory kept\n", wall, cpu, rounds,
                residentKilobytes() - before);
}

void measurePyYaml(const fs::path& root) {
    const std::string script = "import glob, time, yaml\n"
                               "class L(yaml.SafeLoader): pass\n"
                               "L.add_constructor('!include', lambda *_: {})\n"
                               "t, c = time.perf_counter(), time.process_time()\n"
                               "for f in glob.glob('" +
                               root.string() +
                               "/usr/lib/kvmd/*'): yaml.load(open(f), L)\n"
                               "print('PyYAML  %8.2f ms, %.2f ms of CPU' % ((time.perf_counter() - t) * 1e3, "
                               "(time.process_time() - c) * 1e3))\n";
    std::fflush(stdout);
    if (std::system(("python3 -c \"" + script + "\"").c_str()) != 0)
        std::puts("PyYAML  not there");
}

} // namespace
} // namespace otgnet

int main() {
    const std::filesystem::path root = otgnet::support::makeTemporaryDirectory("bench");
    otgnet::writeTree(root);
    otgnet::measureOurs(root);
    otgnet::measurePyYaml(root);
    std::filesystem::remove_all(root);
    return EXIT_SUCCESS;
}
