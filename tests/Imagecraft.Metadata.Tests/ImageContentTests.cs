// Files, overlays, templates, services and containers of images, judged while they are read.

namespace Imagecraft.Metadata.Tests;

public class ImageContentTests
{
    static TestWorkspace Good() => new TestWorkspace()
        .Add("images/over", "").Add("images/over/", "").Add("images/app.bin", "")
        .Add("images/motd", "Welcome to {{ hostname }}{{ for s in services }} {{ s.name }}{{ end }}{{ mine = 1 }}{{ mine + 1 }} {{ packages | array.size }}\n")
        .Recipe("web", """
            packages: [ { name: web, files: [ "/**" ], gives-way: [ "/usr/bin/*" ] } ]
            users: [ { name: www, id: 200, groups: [ www-data ] } ]
            groups: [ { name: www-data, id: 201 } ]
            folders: [ { path: /var/lib/web, mode: "0750", owner: www } ]
            """)
        .Add("images/i.yaml", """
            image: i
            version: 1.4-rc1
            init: none
            packages: [ web ]
            overlay: over
            groups: [ { name: admins, id: 300 } ]
            formats: [ rootfs.erofs ]
            users: [ { name: ml, id: 1000, groups: [ www-data ] } ]
            files:
              - { path: /etc/motd, template: motd, owner: www }
              - { path: /srv/site, source: app.bin, group: www-data }
              - { path: /etc/localtime, link: ../usr/share/zoneinfo/UTC }
              - { path: /var/cache/app, folder: true, mode: "0700", owner: ml }
            attributes: [ { path: /usr/bin/ping, capabilities: [ cap_net_raw ], xattrs: { user.origin: desk, user.bytes: "0x00ff" } } ]
            oci: { entrypoint: [ /usr/bin/web ], command: [ --all ], user: www, ports: [ 8080, 53/udp ], environment: { LANG: C.UTF-8 }, labels: { org.opencontainers.image.title: web }, working-directory: /srv }
            """)
        .Add("images/f.yaml", "feature: f\nservices:\n  - name: web\n    run: |\n      cd /srv\n      exec httpd -f\n    kind: respawn\n    user: ml\n    environment: { A_B: \"1 2\" }\n    restarts: 3\n");

    [Fact]
    public void Right_words_pass()
    {
        var workspace = Good().Good();
        var image = workspace.Images["i"];
        Assert.Equal(["8080/tcp", "53/udp"], image.Oci!.Ports.Select(port => port.Value));
        Assert.Equal(("images/over", "1.4-rc1", "images/app.bin", "../usr/share/zoneinfo/UTC"), (image.Overlays[0].Value, image.Version!.Value, image.Files[1].Source!.Value, image.Files[2].Link!.Value));
        var service = workspace.Features["f"].Services[0];
        Assert.Equal(("cd /srv\nexec httpd -f\n", "ml", 3, "1 2"), (service.Run.Value, service.User!.Value, service.Restarts!.Value, service.Environment["A_B"].Value));
        Assert.Equal(("/var/lib/web", 200, "/usr/bin/*"), (workspace.Recipes["web"].Folders[0].Path.Value, workspace.Recipes["web"].Users[0].Id.Value, workspace.Recipes["web"].Packages[0].GivesWay[0].Value));
    }

    [Theory]
    [InlineData("images/i.yaml", "template: motd", "template: motd, text: x", "`/etc/motd` is more than one thing", "Give one of `text`, `template`, `source`, `link` or `folder: true`")]
    [InlineData("images/i.yaml", "template: motd, owner: www", "mode: \"0644\"", "Nothing says what `/etc/motd` is", "Give one of `text`, `template`, `source`, `link` or `folder: true`")]
    [InlineData("images/i.yaml", "link: ../usr/share/zoneinfo/UTC", "link: x, mode: \"0644\"", "`/etc/localtime` is a symbolic link, which has neither mode nor owner of its own", "Remove them, or give them to what it leads to")]
    [InlineData("images/i.yaml", "source: app.bin", "source: app.bni", "`source` names `app.bni`, but there is no file `images/app.bni`", "Names are relative to the folder of the file they are written in")]
    [InlineData("images/i.yaml", "source: app.bin", "source: ../../etc/shadow", "`source` names `../../etc/shadow`, which lies outside of the workspace", "Names are relative to the folder of the file they are written in")]
    [InlineData("images/i.yaml", "overlay: over", "overlay: app.bin", "`overlay` names `app.bin`, but `images/app.bin` is no folder", "Names are relative to the folder of the file they are written in")]
    [InlineData("images/i.yaml", "owner: www }", "owner: wwww }", "Unknown user `wwww`, who owns `/etc/motd` in image `i`", "Did you mean `www`?")]
    [InlineData("images/i.yaml", "/etc/localtime,", "/etc/motd,", "File `/etc/motd` stands twice in image `i`", "The other is at images/i.yaml:10:13; remove one")]
    [InlineData("images/i.yaml", "1.4-rc1", "\"1 RC\"", "`version` must be a version of lowercase letters, digits and `._-`, not `1 RC`", null)]
    [InlineData("images/i.yaml", "[ cap_net_raw ]", "[ CAP_NET_ROW ]", "An item of `capabilities` must be a capability such as `cap_net_raw`, not `CAP_NET_ROW`", "Did you mean `cap_net_raw`?")]
    [InlineData("images/i.yaml", "[ cap_net_raw ]", "[ \"cap_net_raw+ep\" ]", "An item of `capabilities` must be a capability such as `cap_net_raw`, not `cap_net_raw+ep`", "Write `cap_net_raw`; it is permitted and effective, as with `+ep`")]
    [InlineData("images/i.yaml", "user.origin", "origin", "A key of `xattrs` must be the full name of an attribute such as `user.origin`, not `origin`", "It begins with one of [ `security.`, `trusted.`, `user.` ]")]
    [InlineData("images/i.yaml", "user.origin", "security.capability", "A key of `xattrs` must be the full name of an attribute such as `user.origin`, not `security.capability`", "Write `capabilities: [ cap_net_raw ]`")]
    [InlineData("images/i.yaml", "0x00ff", "0x00f", "`user.bytes` of `xattrs` must be text, or bytes such as `0x01ff`, not `0x00f`", "After `0x` come pairs of hexadecimal digits")]
    [InlineData("images/i.yaml", "rootfs.erofs", "rootfs.cpio.gz", "`/usr/bin/ping` gets capabilities, for which `rootfs.cpio.gz` of image `i` has no place", "The kernel's cpio holds modes and owners only: remove the rule, or the format")]
    [InlineData("images/i.yaml", "user: www,", "user: wwx,", "Unknown user `wwx`, who runs the container of image `i`", "Did you mean `www`?")]
    [InlineData("images/i.yaml", "8080", "80:8080", "An item of `ports` must be a port such as `8080` or `53/udp`, not `80:8080`", "On which port of the host it is reached, says who runs it")]
    [InlineData("images/i.yaml", "8080", "70000", "An item of `ports` must be a port such as `8080` or `53/udp`, not `70000`", null)]
    [InlineData("images/i.yaml", "init: none", "init: systemd", "`oci` says how the container of image `i` starts, but it comes as none", "Write `init: none`, or add `rootfs.oci.tar` to `formats`")]
    [InlineData("images/i.yaml", "name: admins, id: 300", "name: www-data, id: 300", "Group `www-data` of image `i` has the id 300, but recipe `web` brings it with 201", "Give it the id 201, as at recipes/web/web.yaml:7:33")]
    [InlineData("images/i.yaml", "id: 1000", "id: 200", "User `www` of image `i` has the id 200, as has `ml`", "Give it another id; of `ml`, it is at images/i.yaml:8:18")]
    [InlineData("images/i.yaml", "[ web ]", "[ ]", "Unknown group `www-data`, which user `ml` of image `i` is in", "Declare it below `groups:` of the image; known are [ `admins`, `disk`, `ml`, `nogroup`, `root`, `tty` ]")]
    [InlineData("images/f.yaml", "kind: respawn", "kind: daemon", "The service `web` is not started anew, so `restarts` says nothing", "Write `kind: respawn`, or remove it")]
    [InlineData("images/f.yaml", "A_B:", "A-B:", "A key of `environment` must be a name of letters, digits and `_`, no digit first, not `A-B`", null)]
    public void Wrong_words_are_told_with_their_place_and_a_way_out(string file, string right, string wrong, string message, string? hint)
    {
        var told = Good().Replace(file, right, wrong).Read().Diagnostics;
        Assert.Contains(told, problem => problem.Message == message && problem.Hint == hint);
    }

    [Theory]
    [InlineData("{{ hostname }", "The template is malformed: ", "images/motd:1:")]
    [InlineData("line\n{{ hostnam }}", "Unknown variable `hostnam` in the template", "images/motd:2:4", "Did you mean `hostname`?")]
    [InlineData("{{ for s in services }}{{ s.nme }}{{ end }}", "Unknown variable `s.nme` in the template", "images/motd:1:27", "Did you mean `s.name`?")]
    [InlineData("{{ if board == 'x' }}{{ zone }}{{ end }}", "Unknown variable `zone` in the template", "images/motd:1:25", "Known are [ `board`, `console`, `devices`, `hostname`, `image`, `packages`, `services`, `triplet`, `users`, `version` ]")]
    public void A_template_is_judged_where_it_is_wrong(string text, string message, string place, string? hint = null)
    {
        var problem = Good().Add("images/motd", text).Read().Diagnostics[0];
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
        Assert.StartsWith(place, problem.Span!.ToString(), StringComparison.Ordinal);
        if (hint is not null)
            Assert.Equal(hint, problem.Hint);
    }

    [Theory]
    [InlineData("{{ func f(a) }}{{ a }}{{ end }}{{ f 'x' }}")]
    [InlineData("{{ for i in 1..3 }}{{ for.index }}{{ i }}{{ end }}{{ capture x }}a{{ end }}{{ x }}")]
    [InlineData("{{ string.upcase board }} {{ users | array.join ',' }} {{ 'a' | string.size }}")]
    public void What_a_template_sets_itself_is_known(string text) => Good().Add("images/motd", text).Good();

    [Theory]
    [InlineData("", "The package `web` of image `i` works only with what the feature `f` brings, of the kernel above all")]
    [InlineData("features: [ f ]\n", null)]
    public void A_package_without_the_feature_that_it_needs_is_warned_of(string features, string? message)
    {
        var reading = Good().Replace("recipes/web/web.yaml", "gives-way", "needs-feature: f, gives-way").Add("images/j.yaml", "image: j\n").Replace("images/i.yaml", "init: none\n", features).Replace("images/i.yaml", "[ rootfs.erofs ]", "[ rootfs.oci.tar ]").Read();
        Assert.Equal(message is null ? [] : new[] { message }, reading.Diagnostics.Select(problem => problem.Message));
    }

    [Fact]
    public void The_user_of_a_service_is_one_of_the_image() =>
        Assert.Contains("Unknown user `mel`, who runs the service `web` in image `i`", Good().Replace("images/i.yaml", "init: none", "services: [ { name: web, run: /bin/web, user: mel } ]").Replace("images/i.yaml", "[ rootfs.erofs ]", "[ rootfs.oci.tar ]").Bad(), StringComparison.Ordinal);

    [Fact]
    public void A_path_that_lies_in_a_file_is_told_with_the_file()
    {
        var problem = Assert.Single(new TestWorkspace().Add("images/i.yaml", "image: i\ninit: none\nfiles: [ { path: /a, text: x }, { path: /a/b/c, text: y }, { path: /d, folder: true }, { path: /d/e, link: /a } ]\n").Read().Diagnostics);

        Assert.Equal(("`/a/b/c` of image `i` lies in a file", "`/a` is one at images/i.yaml:3:18; rename one of them", "images/i.yaml:3:41"), (problem.Message, problem.Hint, problem.Span!.ToString()));
    }
}
