// What services become under each init: a script of their own, a line of a table, or a unit.

using System.Collections.Immutable;
using Imagecraft.BuiltIns.Imaging;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Tests;

public class ServiceFileTests
{
    private static readonly MakeRootFsRequest Plan = RootFsSample.Plan with
    {
        Services =
        [
            new("setup", "cd /srv\n./prepare 'all of it' || exit 1\n", "once"),
            new("web", "/usr/bin/web --port=80 -f", "respawn", ["setup"]) { User = "ml", Restarts = 5, Environment = ImmutableSortedDictionary<string, string>.Empty.Add("GREETING", "it's $HOME") },
            new("patient", "/usr/bin/wait & wait", "daemon"),
        ],
    };

    [Theory]
    [InlineData(null)]
    [InlineData("systemd")]
    public async Task What_a_service_runs_is_a_script_of_its_own(string? init)
    {
        using var context = await RootFsSample.Of(Plan with { Init = init }).RunAsync(new MakeRootFs());
        var entries = RootFsSample.Read(context);
        Assert.Equal("#!/bin/sh\n# Service `setup`.\ncd /srv\n./prepare 'all of it' || exit 1\n\n", entries["/usr/lib/services/setup"].Text);
        Assert.Equal("#!/bin/sh\n# Service `web`.\nexport GREETING='it'\\''s $HOME'\nexec /usr/bin/web --port=80 -f\n", entries["/usr/lib/services/web"].Text);
        Assert.Equal("#!/bin/sh\n# Service `patient`.\n/usr/bin/wait & wait\n", entries["/usr/lib/services/patient"].Text);
        Assert.Equal("755 0:0", RootFsSample.Attributes(entries["/usr/lib/services/web"].Entry));
    }

    [Fact]
    public async Task Under_busybox_a_table_has_them_in_their_order_and_no_line_of_theirs_is_in_inittab()
    {
        using var context = await RootFsSample.Of(Plan).RunAsync(new MakeRootFs());
        var entries = RootFsSample.Read(context);
        Assert.Equal(["setup once root -", "web respawn ml 5", "patient daemon root -"], entries["/etc/init.d/services"].Text.TrimEnd('\n').Split('\n').Skip(1));
        Assert.Equal(["::sysinit:/etc/init.d/rcS", "::respawn:/usr/sbin/console-login ttyAMA0", "::ctrlaltdel:/sbin/reboot", "::shutdown:/etc/init.d/rcK"], entries["/etc/inittab"].Text.TrimEnd('\n').Split('\n').Skip(1));
    }

    [Fact]
    public async Task Under_systemd_each_field_has_its_line()
    {
        using var context = await RootFsSample.Of(Plan with { Init = "systemd" }).RunAsync(new MakeRootFs());
        var entries = RootFsSample.Read(context);
        Assert.Equal("""
            # web
            [Unit]
            Description=web
            After=setup.service
            StartLimitIntervalSec=300
            StartLimitBurst=6

            [Service]
            ExecStart=/usr/lib/services/web
            SyslogIdentifier=web
            TimeoutStopSec=5
            User=ml
            Restart=always
            RestartSec=1
            RestartSteps=4
            RestartMaxDelaySec=16

            [Install]
            WantedBy=multi-user.target

            """, entries["/etc/systemd/system/web.service"].Text);
        Assert.DoesNotContain("Restart=", entries["/etc/systemd/system/patient.service"].Text, StringComparison.Ordinal);
        Assert.Contains("Type=oneshot\nRemainAfterExit=yes\n", entries["/etc/systemd/system/setup.service"].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("/etc/init.d/services", entries.Keys);
    }
}
