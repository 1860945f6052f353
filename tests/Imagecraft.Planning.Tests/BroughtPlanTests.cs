// What recipes bring to the images that have their packages: accounts, folders, services of users; and what containers are told.

using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Tests;

public class BroughtPlanTests
{
    private const string Brings = "users: [ { name: www, id: 200, groups: [ www-data ] } ]\ngroups: [ { name: www-data, id: 201 } ]\nfolders: [ { path: /var/lib/tool, mode: \"0750\", owner: www } ]\n";

    private static (string, string) Tool(string more) => ("recipes/tool.yaml", TestPlans.Text("recipes/tool.yaml").Replace("{ name: first, run: /bin/a }", "{ name: first, run: /bin/a, user: www, environment: { A: b }, kind: respawn, restarts: 2 }", StringComparison.Ordinal) + more);

    [Fact]
    public void Accounts_folders_and_fields_of_services_reach_the_root_file_system()
    {
        var request = TestPlans.Plan(Tool(Brings), ("images/base.yaml", "image: base\nversion: \"7\"\npackages: [ tool ]\nusers: [ { name: www, id: 200, shell: /bin/false } ]\n")).Request<MakeRootFsRequest>("base@virt:rootfs");
        Assert.Equal(("www", "/bin/false"), (Assert.Single(request.Users).Name, request.Users[0].Shell));
        Assert.Equal("www-data", Assert.Single(request.Groups).Name);
        Assert.Equal(("tool", "/var/lib/tool", "0750", "www"), (request.Folders[0].Recipe, request.Folders[0].Folder.Path, request.Folders[0].Folder.Mode, request.Folders[0].Folder.Owner));
        var first = request.Services.Single(s => s.Name == "first");
        Assert.Equal(("www", 2, "b", "7"), (first.User, first.Restarts, first.Environment!["A"], request.Version));
    }

    [Fact]
    public void The_user_of_a_recipes_service_is_told_when_the_image_does_not_have_it()
    {
        var problem = Assert.Single(TestPlans.Plan(Tool("")).Diagnostics);
        Assert.Equal(("Unknown user `www`, who runs the service `first` in image `base`", "recipes/tool.yaml"), (problem.Message, problem.Span?.File));
    }

    [Fact]
    public void What_a_format_of_the_board_cannot_hold_of_a_package_is_told()
    {
        var tool = ("recipes/tool.yaml", TestPlans.Text("recipes/tool.yaml").Replace("files: [ \"/usr/bin/**\" ]", "files: [ \"/usr/bin/**\" ], attributes: [ { path: /usr/bin/tool, capabilities: [ cap_net_raw ] } ]", StringComparison.Ordinal));
        Assert.Equal([13], TestPlans.Plan(tool).Request<MakeRootFsRequest>("base@virt:rootfs").Packages.Single(p => p.Name == "tool").Attributes[0].Capabilities!.Value);
        Assert.Contains(TestPlans.Plan(tool, ("boards/board.yaml", TestPlans.Text("boards/board.yaml") + "formats: [ rootfs.cpio ]\n")).Diagnostics, d => d.Message == "`/usr/bin/tool` gets capabilities, for which `rootfs.cpio` of image `base` has no place");
    }

    [Fact]
    public void Files_and_overlays_of_the_image_are_inputs_and_its_container_starts_as_it_says()
    {
        var build = TestPlans.Plan(("images/base.yaml", "image: base\ninit: none\nfiles: [ { path: /a, source: one }, { path: /b, source: one }, { path: /c, template: two } ]\noverlay: over\nusers: [ { name: ml, id: 1000 } ]\noci: { entrypoint: [ /a ], user: ml, ports: [ 53/udp ] }\n"));
        Assert.Equal(["/overlay/images/over", "/source/images/one", "/template/images/two"], build.InputsOf("base@virt:rootfs").Select(i => i.Mount).Order(StringComparer.Ordinal));
        var start = build.Request<MakeOciRequest>("base@virt:oci").Start!;
        Assert.Equal(("/a", "ml", "53/udp"), (start.Entrypoint[0], start.User, start.Ports[0]));
    }
}
