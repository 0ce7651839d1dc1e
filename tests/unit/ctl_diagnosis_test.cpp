// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/doctor/diagnosis.hpp"

#include "ctl/doctor/report.hpp"

#include <gmock/gmock.h>

namespace otgnet::ctl {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

Machine healthyMachine() {
    Machine m;
    m.model = "Raspberry Pi 4 Model B Rev 1.4";
    m.bootConfig = "/boot/firmware/config.txt";
    m.overlay = Overlay::device;
    m.kernelModules = true;
    m.dwc2 = m.libcomposite = m.nfTables = ModuleState::loaded;
    m.gadgetFileSystem = true;
    m.controllers = {{"fe980000.usb", "otgnet"}};
    m.serviceEnabled = true;
    m.functions = {"ncm", "ecm", "rndis", "eem"};
    m.networkd = {true, false, true};
    m.networkManager = {true, false, false};
    m.routes = {{"eth0", 0xC0A80100, 0xFFFFFF00}, {"usb0", 0xAC1E1E00, 0xFFFFFF00}};
    m.firewalls.emplace();
    return m;
}

ServiceView healthyService() {
    ServiceView view;
    view.snapshot.state = "waiting";
    view.snapshot.backend = "networkd";
    view.snapshot.interface = "usb0";
    view.settings = {{"otg/devices/ethernet/driver", "ncm"},
                     {"otgnet/iface/net", "172.30.30.0/24"},
                     {"otgnet/link/backend", "auto"},
                     {"otgnet/firewall/forward_iface", ""}};
    return view;
}

std::vector<Finding> problems(const Machine& machine, const std::optional<ServiceView>& service = healthyService(),
                              bool asked = true) {
    auto findings = diagnose(machine, service, asked);
    std::erase_if(findings, [](const Finding& finding) { return finding.level != Level::problem; });
    return findings;
}

/// The one problem that there is.
Finding theProblem(const Machine& machine, const std::optional<ServiceView>& service = healthyService()) {
    const auto all = problems(machine, service);
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? Finding{} : all.front();
}

TEST(Diagnosis, HealthyIsFine) {
    const auto findings = diagnose(healthyMachine(), healthyService(), true);
    EXPECT_EQ(findings.size(), 6U);
    EXPECT_THAT(findings, Each(Field(&Finding::level, Level::fine)));
}

TEST(Diagnosis, RaspberryPiWithoutOverlay) {
    Machine m = healthyMachine();
    m.controllers.clear();
    m.overlay = Overlay::missing;
    EXPECT_EQ(theProblem(m).cure,
              R"(printf '\n[all]\ndtoverlay=dwc2,dr_mode=peripheral\n' >> /boot/firmware/config.txt && reboot)");
    m.overlay = Overlay::host;
    EXPECT_THAT(theProblem(m).cure, HasSubstr("dr_mode=peripheral"));
    m.overlay = Overlay::device;
    EXPECT_EQ(theProblem(m).cure, "reboot");
    m.dwc2 = ModuleState::available;
    EXPECT_EQ(theProblem(m).cure, "modprobe dwc2");
}

TEST(Diagnosis, OtherBoardWithoutController) {
    Machine m = healthyMachine();
    m.controllers.clear();
    m.model.clear();
    EXPECT_THAT(theProblem(m).text, HasSubstr("/sys/class/udc"));
}

TEST(Diagnosis, ControllerTaken) {
    Machine m = healthyMachine();
    m.controllers = {{"fe980000.usb", "g1"}};
    EXPECT_THAT(theProblem(m).cure, HasSubstr("/sys/kernel/config/usb_gadget/g1/UDC"));
    m.controllers = {{"fe980000.usb", "g_ether"}};
    m.legacyGadgets = {"g_ether"};
    EXPECT_THAT(theProblem(m).cure, HasSubstr("modprobe -r g_ether"));
    m = healthyMachine();
    m.controllers = {{"a", "g1"}, {"b", ""}};
    EXPECT_TRUE(problems(m).empty()) << "one is free";
}

TEST(Diagnosis, Kernel) {
    Machine m = healthyMachine();
    m.libcomposite = ModuleState::missing;
    m.kernelModules = false;
    EXPECT_TRUE(problems(m).empty()) << "gadgets can be made, however that came";
    m = healthyMachine();
    m.gadgetFileSystem = false;
    EXPECT_EQ(theProblem(m).cure, "systemctl start sys-kernel-config.mount");
    m.libcomposite = ModuleState::available;
    EXPECT_EQ(theProblem(m).cure, "modprobe libcomposite");
    m.libcomposite = ModuleState::missing;
    EXPECT_THAT(theProblem(m).text, HasSubstr("libcomposite"));
    m.kernelModules = false;
    EXPECT_EQ(theProblem(m).cure, "reboot");
    m = healthyMachine();
    m.nfTables = ModuleState::missing;
    EXPECT_THAT(theProblem(m).text, HasSubstr("nf_tables"));
}

TEST(Diagnosis, KvmdsOwnNetwork) {
    Machine m = healthyMachine();
    m.kvmdUnits = {"kvmd-otgnet.service"};
    EXPECT_EQ(theProblem(m).cure, "systemctl disable --now kvmd-otgnet.service");
    m.kvmdUnits = {"kvmd-otgnet-dnsmasq.service"};
    EXPECT_EQ(theProblem(m).cure, "systemctl stop kvmd-otgnet-dnsmasq.service");
}

TEST(Diagnosis, Managers) {
    Machine m = healthyMachine();
    m.networkd.runs = false;
    EXPECT_EQ(theProblem(m).cure, "systemctl enable --now systemd-networkd");
    ServiceView s = healthyService();
    s.snapshot.backend = "networkmanager";
    m.networkManager.runs = true;
    m.dnsmasq = true;
    EXPECT_EQ(theProblem(m, s).cure, "apt install otgnet-networkmanager");
    m.networkManagerModule = true;
    m.dnsmasq = false;
    m.pacman = true;
    EXPECT_EQ(theProblem(m, s).cure, "pacman -S dnsmasq");
    m.dnsmasq = true;
    m.networkManager.runs = false;
    EXPECT_EQ(theProblem(m, s).cure, "systemctl enable --now NetworkManager");
}

/// It need not run before the service does, but then it must be possible to start it.
TEST(Diagnosis, ManagerThatCannotBeStarted) {
    Machine m = healthyMachine();
    ServiceView s = healthyService();
    s.snapshot.backend.clear();
    m.networkd.runs = false;
    EXPECT_TRUE(problems(m, s).empty()) << "the service starts it";
    m.networkd.masked = true;
    EXPECT_EQ(theProblem(m, s).cure, "systemctl unmask systemd-networkd && systemctl enable --now systemd-networkd");
    m.networkd.installed = false;
    EXPECT_THAT(theProblem(m, s).text, HasSubstr("systemd-networkd is the backend, but is not installed"));
    s.settings["otgnet/link/backend"] = "networkmanager";
    m.networkManagerModule = m.dnsmasq = true;
    m.networkManager = {};
    EXPECT_EQ(theProblem(m, s).cure, "apt install network-manager");
    m.networkManager = {true, true, false};
    EXPECT_THAT(theProblem(m, s).text, HasSubstr("NetworkManager is the backend, but is masked"));
}

TEST(Diagnosis, DriverWithoutItsModule) {
    Machine m = healthyMachine();
    m.functions = {"ecm", "rndis"};
    EXPECT_EQ(theProblem(m),
              (Finding{Level::problem, "kernel", "the driver ncm needs usb_f_ncm, which this kernel has not",
                       "otgnetctl set --persist otg/devices/ethernet/driver=ecm"}));
    ServiceView s = healthyService();
    s.settings["otg/devices/ethernet/driver"] = "rndis5";
    EXPECT_TRUE(problems(m, s).empty()) << "rndis is its module";
    m.functions.clear();
    EXPECT_THAT(theProblem(m, s).text, HasSubstr("usb_f_rndis"));
    EXPECT_THAT(theProblem(m, s).cure, HasSubstr("full kernel"));
}

TEST(Diagnosis, ServiceAway) {
    Machine m = healthyMachine();
    EXPECT_EQ(theProblem(m, std::nullopt).cure, "systemctl enable --now otgnetd");
    m.settings = healthyService().settings;
    m.functions = {"ecm"};
    m.networkd = {true, true, false};
    m.routes = {{"eth0", 0xAC1E1E00, 0xFFFFFF00}};
    m.firewalls = {{{"inet firewalld", true, true, false}}};
    EXPECT_THAT(problems(m, std::nullopt),
                ElementsAre(Field(&Finding::about, "kernel"), Field(&Finding::about, "manager"),
                            Field(&Finding::about, "service"), Field(&Finding::about, "network"),
                            Field(&Finding::about, "firewall")))
        << "what would go wrong is known before";
}

TEST(Diagnosis, ServiceAwayAndItsConfigurationBad) {
    Machine m = healthyMachine();
    m.configError = "/etc/kvmd/override.yaml:3: otgnet/iface/net: no";
    EXPECT_THAT(problems(m, std::nullopt), Contains(Field(&Finding::text, m.configError)));
}

TEST(Diagnosis, ServiceFailedOrWarning) {
    ServiceView s = healthyService();
    s.snapshot.state = "failed";
    s.snapshot.errorText = "no\x1b";
    EXPECT_EQ(theProblem(healthyMachine(), s).text, "no\ufffd");
    s = healthyService();
    s.snapshot.errorText = "bad file";
    EXPECT_THAT(theProblem(healthyMachine(), s).cure, HasSubstr("otgnetctl reload"));
    s = healthyService();
    s.snapshot.warnings = {"a:1: b"};
    EXPECT_THAT(diagnose(healthyMachine(), s, true), Contains(Finding{Level::note, "config", "a:1: b", ""}));
    EXPECT_TRUE(problems(healthyMachine(), s).empty());
    Machine m = healthyMachine();
    m.serviceEnabled = false;
    EXPECT_TRUE(problems(m).empty()) << "bus activation is a way to run it";
}

TEST(Diagnosis, ServiceDisabled) {
    ServiceView s = healthyService();
    s.snapshot.state = "disabled";
    EXPECT_THAT(diagnose(healthyMachine(), s, true), Contains(Field(&Finding::cure, "otgnetctl enable")));
    s.settings["otg/devices/ethernet/enabled"] = false;
    EXPECT_THAT(diagnose(healthyMachine(), s, true),
                Contains(Field(&Finding::cure, "otgnetctl set --persist otg/devices/ethernet/enabled=true")));
}

/// The networks of another interface, and what is free beside them.
struct Overlap {
    std::vector<Route> routes;
    const char* proposal;
};

TEST(Diagnosis, NetworkOverlapsAndAFreeOneIsProposed) {
    const Route ours{"eth0", 0xAC1E1E00, 0xFFFFFF00};
    const Route privateB{"wlan0", 0xAC100000, 0xFFF00000};
    const Route privateC{"eth0", 0xC0A80000, 0xFFFF0000};
    const Route privateA{"tun0", 0x0A000000, 0xFF000000};
    const Route carrier{"tun0", 0x64400000, 0xFFC00000};
    const Route test{"tun0", 0xC6120000, 0xFFFE0000};
    const std::vector<Overlap> cases{
        {{ours}, "172.30.31.0/24"},
        {{privateB}, "192.168.130.0/24"},
        {{privateB, privateC}, "10.130.130.0/24"},
        {{privateB, privateC, privateA}, "100.100.30.0/24"},
        {{privateB, privateC, privateA, carrier}, "198.18.30.0/24"},
        {{privateB, privateC, privateA, carrier, test}, "NETWORK, with one that is free"},
    };
    Machine m = healthyMachine();
    for (const auto& c : cases) {
        m.routes = c.routes;
        const Finding finding = theProblem(m);
        EXPECT_THAT(finding.text, HasSubstr("overlaps a network on " + c.routes.front().ifname));
        EXPECT_EQ(finding.cure, std::string("otgnetctl set --persist otgnet/iface/net=") + c.proposal);
    }
}

TEST(Diagnosis, OtherFirewalls) {
    Machine m = healthyMachine();
    m.firewalls = {{{"inet firewalld", true, true, false}}};
    EXPECT_THAT(theProblem(m).cure, HasSubstr("firewall-cmd --permanent --zone=trusted --add-interface=usb0"));
    m.firewalls->front().namesInterface = true;
    EXPECT_TRUE(problems(m).empty()) << "somebody has let usb0 in";
    m.firewalls = {{{"ip filter", false, true, false}}};
    EXPECT_TRUE(problems(m).empty()) << "nothing is forwarded";
    ServiceView s = healthyService();
    s.settings["otgnet/firewall/forward_iface"] = "eth0";
    EXPECT_THAT(theProblem(m, s).cure, HasSubstr("DOCKER-USER"));
    m.firewalls.reset();
    EXPECT_TRUE(problems(m, s).empty());
}

TEST(Diagnosis, OtherRootHasNoBus) {
    EXPECT_TRUE(problems(healthyMachine(), std::nullopt, false).empty());
}

TEST(Report, SaysHowManyProblems) {
    const std::vector<Finding> findings{{Level::fine, "kernel", "good", ""},
                                        {Level::note, "service", "so so", "do that"},
                                        {Level::problem, "controller", "none", "mend it"}};
    EXPECT_EQ(reportText(findings, plainStyle()), "✓ kernel      good\n"
                                                  "! service     so so\n"
                                                  "              Try: do that\n"
                                                  "× controller  none\n"
                                                  "              Try: mend it\n"
                                                  "\n1 problem.\n");
    EXPECT_EQ(reportText({}, plainStyle()), "\nNothing is wrong.\n");
    EXPECT_EQ(
        reportJson({findings.back()}),
        (Json{{"findings",
               Json::array({{{"level", "problem"}, {"about", "controller"}, {"text", "none"}, {"cure", "mend it"}}})},
              {"problems", 1}}));
}

} // namespace
} // namespace otgnet::ctl
