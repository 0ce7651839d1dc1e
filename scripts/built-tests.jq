# SPDX-FileCopyrightText: The otgnet authors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# From "ctest --show-only=json-v1" to a CTestTestfile with the same tests, each run by `$run $release`.

def quoted: "[=[" + tostring + "]=]";
def value: if type == "array" then map(tostring) | join(";") elif type == "boolean" then (if . then "ON" else "OFF" end) else . end;

.tests[]
| ($release + "/" + .name | quoted) as $name
| "add_test(" + ([$name] + ([$run, $release] + .command | map(quoted)) | join(" ")) + ")",
  "set_tests_properties(" + $name + " PROPERTIES "
    + ([.properties[] | select(.name | startswith("_") | not) | .name + " " + (.value | value | quoted)] | join(" ")) + ")"
