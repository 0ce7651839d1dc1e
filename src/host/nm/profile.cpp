// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/profile.hpp"

#include "host/nm/dnsmasq_conf.hpp"

#include <NetworkManager.h>

#include <algorithm>

namespace otgnet::nm {

namespace {

constexpr gint32 highestPriority = NM_SETTING_CONNECTION_AUTOCONNECT_PRIORITY_MAX;
constexpr gint32 no = 0;      // of LLMNR, mDNS and LLDP
constexpr guint32 mtu = 1500; // the kernel's for a gadget
constexpr const char* fingerprintKey = "org.pikvm.otgnet.dnsmasq";

/// One setting while it is being built. Keys that have their default value are left out: the daemon leaves them out,
/// too.
class Setting {
public:
    Setting() { g_variant_builder_init(&keys_, G_VARIANT_TYPE_VARDICT); }
    Setting& add(const char* key, GVariant* value) {
        g_variant_builder_add(&keys_, "{sv}", key, value);
        return *this;
    }
    Setting& add(const char* key, const std::string& value) { return add(key, g_variant_new_string(value.c_str())); }
    GVariant* end() { return g_variant_builder_end(&keys_); }

private:
    GVariantBuilder keys_;
};

/// What has no value here may get another one from NetworkManager.conf. The zone is for firewalld, whose zone for
/// shared connections rejects what we open: our own table filters the link.
GVariant* connectionSetting(const LinkPlan& plan) {
    return Setting()
        .add(NM_SETTING_CONNECTION_ID, profileId)
        .add(NM_SETTING_CONNECTION_UUID, profileUuid)
        .add(NM_SETTING_CONNECTION_TYPE, NM_SETTING_WIRED_SETTING_NAME)
        .add(NM_SETTING_CONNECTION_INTERFACE_NAME, plan.ifname.text())
        .add(NM_SETTING_CONNECTION_ZONE, "trusted")
        .add(NM_SETTING_CONNECTION_AUTOCONNECT_PRIORITY, g_variant_new_int32(highestPriority))
        .add(NM_SETTING_CONNECTION_METERED, g_variant_new_int32(NM_METERED_NO)) // else the host may be told otherwise
        .add(NM_SETTING_CONNECTION_LLDP, g_variant_new_int32(no))
        .add(NM_SETTING_CONNECTION_LLMNR, g_variant_new_int32(no))
        .add(NM_SETTING_CONNECTION_MDNS, g_variant_new_int32(no))
        .end();
}

GVariant* wiredSetting() {
    return Setting().add("assigned-mac-address", "preserve").add(NM_SETTING_WIRED_MTU, g_variant_new_uint32(mtu)).end();
}

GVariant* addressData(const LinkPlan& plan) {
    GVariantBuilder addresses;
    g_variant_builder_init(&addresses, G_VARIANT_TYPE("aa{sv}"));
    g_variant_builder_add_value(
        &addresses,
        Setting().add("address", plan.address.text()).add("prefix", g_variant_new_uint32(plan.network.prefix)).end());
    return g_variant_builder_end(&addresses);
}

/// Without our DHCP service the address alone: shared mode would start one.
GVariant* ipv4Setting(const LinkPlan& plan, bool dhcpKeys) {
    Setting setting;
    setting.add(NM_SETTING_IP_CONFIG_METHOD,
                plan.dhcp ? NM_SETTING_IP4_CONFIG_METHOD_SHARED : NM_SETTING_IP4_CONFIG_METHOD_MANUAL);
    setting.add("address-data", addressData(plan));
    setting.add(NM_SETTING_IP_CONFIG_DAD_TIMEOUT, g_variant_new_int32(0)); // a host that answers must not keep us down
    if (plan.dhcp && dhcpKeys) {
        const auto seconds = clampLeaseTime(plan.dhcp->leaseTime).count();
        setting.add("shared-dhcp-range", plan.dhcp->first.text() + ',' + plan.dhcp->last.text());
        setting.add("shared-dhcp-lease-time", g_variant_new_int32(static_cast<gint32>(seconds)));
    }
    if (!plan.dhcp)
        setting.add(NM_SETTING_IP_CONFIG_NEVER_DEFAULT, g_variant_new_boolean(TRUE));
    return setting.end();
}

GVariant* ipv6Setting() {
    return Setting().add(NM_SETTING_IP_CONFIG_METHOD, NM_SETTING_IP6_CONFIG_METHOD_DISABLED).end();
}

GVariant* userSetting(const std::string& fingerprint) {
    GVariantBuilder data;
    g_variant_builder_init(&data, G_VARIANT_TYPE("a{ss}"));
    g_variant_builder_add(&data, "{ss}", fingerprintKey, fingerprint.c_str());
    return Setting().add(NM_SETTING_USER_DATA, g_variant_builder_end(&data)).end();
}

} // namespace

Variant makeProfile(const LinkPlan& plan, const ProfileFacts& facts) {
    GVariantBuilder settings;
    g_variant_builder_init(&settings, G_VARIANT_TYPE("a{sa{sv}}"));
    const auto add = [&](const char* name, GVariant* setting) {
        g_variant_builder_add(&settings, "{s@a{sv}}", name, setting);
    };
    add(NM_SETTING_CONNECTION_SETTING_NAME, connectionSetting(plan));
    add(NM_SETTING_WIRED_SETTING_NAME, wiredSetting());
    add(NM_SETTING_IP4_CONFIG_SETTING_NAME, ipv4Setting(plan, facts.dhcpKeys));
    add(NM_SETTING_IP6_CONFIG_SETTING_NAME, ipv6Setting());
    if (!facts.dnsmasqFingerprint.empty())
        add(NM_SETTING_USER_SETTING_NAME, userSetting(facts.dnsmasqFingerprint));
    return Variant(g_variant_ref_sink(g_variant_builder_end(&settings)));
}

bool profileHolds(GVariant* settings, GVariant* wanted) {
    GVariantIter groups;
    g_variant_iter_init(&groups, wanted);
    const char* name = nullptr;
    GVariant* keys = nullptr;
    bool holds = true;
    while (g_variant_iter_loop(&groups, "{&s@a{sv}}", &name, &keys)) {
        const Variant found(g_variant_lookup_value(settings, name, G_VARIANT_TYPE_VARDICT));
        GVariantIter entries;
        g_variant_iter_init(&entries, keys);
        const char* key = nullptr;
        GVariant* value = nullptr;
        while (g_variant_iter_loop(&entries, "{&sv}", &key, &value)) {
            const Variant standing(found ? g_variant_lookup_value(found.get(), key, nullptr) : nullptr);
            holds = holds && standing && g_variant_equal(standing.get(), value) != FALSE;
        }
    }
    return holds;
}

} // namespace otgnet::nm
