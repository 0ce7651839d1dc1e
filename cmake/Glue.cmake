# SPDX-FileCopyrightText: The otgnet authors
# SPDX-License-Identifier: GPL-2.0-or-later

# otgnet_glue(TARGET adaptor|proxy): generates otgnet-adaptor.hpp or otgnet-proxy.hpp from the one XML with the
# generator of the sdbus-c++ that is being built against, and makes it visible to TARGET.
function(otgnet_glue target kind)
  set(xml ${PROJECT_SOURCE_DIR}/dbus/org.pikvm.OtgNet1.xml)
  set(header ${PROJECT_BINARY_DIR}/glue/otgnet-${kind}.hpp)
  if(NOT TARGET glue-${kind})
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/glue)
    add_custom_command(
      OUTPUT ${header}
      COMMAND SDBusCpp::sdbus-c++-xml2cpp --${kind}=${header} ${xml}
      DEPENDS ${xml}
      VERBATIM)
    add_custom_target(glue-${kind} DEPENDS ${header})
  endif()
  add_dependencies(${target} glue-${kind})
  target_include_directories(${target} SYSTEM PUBLIC ${PROJECT_BINARY_DIR}/glue)
endfunction()
