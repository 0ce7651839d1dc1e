# SPDX-FileCopyrightText: The otgnet authors
# SPDX-License-Identifier: GPL-2.0-or-later

# Warnings for our own code; what they say is an error only where a developer builds (presets), never for a packager.
option(OTGNET_WERROR "Treat warnings as errors" OFF)
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual)
if(OTGNET_WERROR)
  add_compile_options(-Werror)
endif()
