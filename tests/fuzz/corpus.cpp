// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// otgnet-fuzz-corpus GOLDEN.json DIRECTORY: the inputs of the golden cases in the form that the fuzzer takes.

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: otgnet-fuzz-corpus GOLDEN.json DIRECTORY\n";
        return EXIT_FAILURE;
    }
    std::ifstream in(argv[1]);
    const nlohmann::json cases = nlohmann::json::parse(in);
    std::filesystem::create_directories(argv[2]);
    int number = 0;
    for (const auto& golden : cases) {
        std::ofstream out(std::filesystem::path(argv[2]) / ("golden-" + std::to_string(number++)), std::ios::binary);
        for (const auto& [name, text] : golden.at("files").items())
            out << "%%% " << name << '\n' << text.get<std::string>();
    }
    return number > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
