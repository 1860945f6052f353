// What lies in a layer and is no file of it: the reader neither waits for it, nor reads it, nor leaves it untold.

using System.Diagnostics;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Tests;

public sealed class LayerGuardTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("imagecraft-guard-");

    public void Dispose() => folder.Delete(recursive: true);

    string Root => Path.Combine(folder.FullName, "workspace");

    [Fact]
    public void A_named_pipe_with_the_name_of_a_recipe_is_told_and_not_waited_for()
    {
        Write("recipes/good.yaml", Recipe("good"));
        Run("mkfifo", "recipes/x.yaml");
        AssertRefused("recipes/x.yaml", Codes.UnreadableFile, "`recipes/x.yaml` is a named pipe, not a file");
    }

    [Fact]
    public void A_socket_with_the_name_of_a_recipe_is_told()
    {
        Write("recipes/good.yaml", Recipe("good"));
        Run("python3", "-c", "import socket; socket.socket(socket.AF_UNIX).bind('recipes/x.yaml')");
        AssertRefused("recipes/x.yaml", Codes.UnreadableFile, "`recipes/x.yaml` is a socket, not a file");
    }

    [Fact]
    public void A_link_to_a_device_leads_out() => Refused("recipes/x.yaml", "/dev/zero", "to `/dev/zero` leads out of the workspace, to `/dev/zero`");

    [Fact]
    public void A_recipe_that_is_a_link_out_of_the_workspace_is_not_read() => Refused("recipes/x.yaml", Outside("x.yaml", Recipe("x")), "leads out of the workspace");

    [Fact]
    public void A_relative_link_out_of_the_workspace_is_not_read()
    {
        Outside("x.yaml", Recipe("x"));
        Refused("recipes/x.yaml", "../../outside/x.yaml", "to `../../outside/x.yaml` leads out of the workspace");
    }

    [Fact]
    public void A_file_of_a_recipe_that_is_a_link_out_of_the_workspace_is_told() => Refused("recipes/secret.patch", Outside("secret", "token"), "leads out of the workspace");

    // Overlays lie beside `images/`, where nobody looks for documents.
    [Theory]
    [InlineData("files: [ { path: /x, source: ../files/secret } ]", "files/secret", "`source` names `../files/secret`, which leads out of the workspace by a symbolic link, to `{0}/outside/secret`")]
    [InlineData("files: [ { path: /x, source: ../files/folder/secret } ]", "files/folder", "`source` names `../files/folder/secret`, which leads out of the workspace by a symbolic link, to `{0}/outside/secret`")]
    [InlineData("overlay: ../files/folder", "files/folder", "`overlay` names `../files/folder`, which leads out of the workspace by a symbolic link, to `{0}/outside`")]
    public void A_file_beside_the_documents_that_is_a_link_out_of_the_workspace_is_told_where_it_is_named(string line, string link, string message)
    {
        var secret = Outside("secret", "token");
        Link(link, link.EndsWith("secret", StringComparison.Ordinal) ? secret : Path.GetDirectoryName(secret)!);
        Write("images/i.yaml", $"image: i\ninit: none\n{line}\n");

        var problem = Assert.Single(WorkspaceLoader.Load(Root).Diagnostics);
        Assert.Equal((string.Format(System.Globalization.CultureInfo.InvariantCulture, message, folder.FullName), "images/i.yaml", 3), (problem.Message, problem.Span!.File, problem.Span.Line));
    }

    [Fact]
    public void A_pipe_that_a_document_names_is_told_and_not_waited_for()
    {
        Write("images/i.yaml", "image: i\ninit: none\nfiles: [ { path: /x, source: pipe } ]\n");
        Run("mkfifo", "images/pipe");

        Assert.Equal("`source` names `pipe`, which is a named pipe", Assert.Single(WorkspaceLoader.Load(Root).Diagnostics).Message);
    }

    [Fact]
    public void A_link_within_the_workspace_may_be_named()
    {
        Write("files/real", "x");
        Link("files/link", "real");
        Write("images/i.yaml", "image: i\ninit: none\nfiles: [ { path: /x, source: ../files/link } ]\n");

        Assert.Empty(WorkspaceLoader.Load(Root).Diagnostics);
    }

    [Fact]
    public void Text_that_is_no_UTF_8_is_told_with_its_line()
    {
        Write("images/good.yaml", "image: good\ninit: none\n");
        File.WriteAllBytes(Path.Combine(Root, "images/latin.yaml"), [.. "image: x\nsummary: caf"u8, 0xe9, (byte)'\n']);
        File.WriteAllBytes(Path.Combine(Root, "images/wide.yaml"), [0xff, 0xfe, (byte)'i', 0]);

        Assert.Equal(["`images/latin.yaml` is no UTF-8: line 2 has the byte 0xe9", "`images/wide.yaml` is UTF-16"], WorkspaceLoader.Load(Root).Diagnostics.Select(d => d.Message));
    }

    [Theory]
    [InlineData("recipes")]
    [InlineData("recipes/deep/er")]
    [InlineData("layers/mine")]
    [InlineData("layers/mine/recipes")]
    public void A_folder_that_is_a_link_out_of_the_workspace_is_not_read(string place)
    {
        Outside("recipes/x.yaml", Recipe("x"));
        Write("boards/readme", "");
        Link(place, Path.Combine(folder.FullName, "outside"));
        AssertRefused(place, Codes.LinkLeadsOut, $"The symbolic link `{place}` to `{folder.FullName}/outside` leads out of the workspace");
        Assert.DoesNotContain("x", WorkspaceLoader.Load(Root).NamesOf(KindNames.Recipe));
    }

    [Fact]
    public void Layers_that_are_all_behind_a_link_out_of_the_workspace_are_not_read()
    {
        Outside("mine/layer.yaml", "layer: mine\n");
        Write("recipes/good.yaml", Recipe("good"));
        Link("layers", Path.Combine(folder.FullName, "outside"));
        AssertRefused("layers", Codes.LinkLeadsOut, "leads out of the workspace");
    }

    [Fact]
    public void A_folder_that_leads_to_itself_is_told_and_read_once()
    {
        Write("recipes/good.yaml", Recipe("good"));
        Link("recipes/again", "..");
        AssertRefused("recipes/again", Codes.LinkLeadsOut, "leads to a folder in which it lies itself");
    }

    [Fact]
    public void A_link_to_nothing_is_told() => Refused("recipes/x.yaml", "nowhere", "`recipes/x.yaml` leads nowhere", Codes.UnreadableFile);

    [Fact]
    public void A_file_that_no_person_wrote_is_not_read()
    {
        Write("recipes/good.yaml", Recipe("good"));
        using (var file = File.Create(Path.Combine(Root, "recipes/x.yaml")))
            file.SetLength(100L << 30);
        AssertRefused("recipes/x.yaml", Codes.UnreadableFile, "`recipes/x.yaml` has 107374182400 bytes, but at most 16777216 are read");
    }

    [Fact]
    public void Links_within_the_workspace_are_followed()
    {
        Write("shared/x.yaml", Recipe("x"));
        Write("shared/more/y.yaml", Recipe("y"));
        Link("recipes/x.yaml", "../shared/x.yaml");
        Link("recipes/more", Path.Combine(Root, "shared/more"));
        var reading = WorkspaceLoader.Load(Root);
        Assert.Empty(reading.Diagnostics);
        Assert.Equal(["x", "y"], reading.Workspace.Recipes.Keys);
    }

    [Fact]
    public void A_workspace_that_is_reached_by_a_link_is_read()
    {
        Write("recipes/good.yaml", Recipe("good"));
        Link("recipes/same.yaml", "good.yaml.txt");
        Write("recipes/good.yaml.txt", Recipe("same"));
        var link = Path.Combine(folder.FullName, "link");
        Directory.CreateSymbolicLink(link, Root);
        Assert.Empty(WorkspaceLoader.Load(link).Diagnostics);
    }

    [Fact]
    public void An_address_with_a_password_is_a_warning_where_it_stands()
    {
        Write("recipes/x.yaml", Recipe("x") + """
            sources:
              - url: https://me:secret@example.org/x.tar
                mirrors: [ "https://example.org/x.tar", "https://token@example.com/x.tar" ]
                sha256: 3311fb2ff8f8bd3e3f2bc5a56ee5d4b0f0e8dd38ed4ab8c9e6b5a1cb1f0c8f6a
            """);
        var warnings = WorkspaceLoader.Load(Root).Diagnostics.Where(d => d.Code == Codes.Credentials).ToArray();
        Assert.Equal([Severity.Warning, Severity.Warning], warnings.Select(w => w.Severity));
        Assert.DoesNotContain(warnings, w => (w.Message + w.Hint).Contains("secret", StringComparison.Ordinal));
    }

    void Refused(string path, string target, string message, string code = Codes.LinkLeadsOut)
    {
        Write("recipes/good.yaml", Recipe("good"));
        Link(path, target);
        AssertRefused(path, code, message);
    }

    void AssertRefused(string path, string code, string message)
    {
        var reading = WorkspaceLoader.Load(Root);
        var diagnostic = Assert.Single(reading.Diagnostics, d => d.Code == code);
        Assert.Equal((path, Severity.Error), (diagnostic.Span!.File, diagnostic.Severity));
        Assert.Contains(message, diagnostic.Message, StringComparison.Ordinal);
        Assert.Null(WorkspaceLoader.Source(Root, path));
        if (reading.Workspace.Recipes.ContainsKey("good"))
            Assert.Equal(!path.StartsWith("layers", StringComparison.Ordinal), reading.Reach(new DocumentId(KindNames.Recipe, "good")).HasErrors);
    }

    static string Recipe(string name) => $"recipe: {name}\nversion: \"1\"\nlicense: MIT\nbuild: {{ system: script, steps: \"true\" }}\npackages: [ {{ name: {name}, files: [ \"/**\" ] }} ]\n";

    string Outside(string name, string text)
    {
        var path = Path.Combine(folder.FullName, "outside", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    void Write(string path, string text)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    void Link(string path, string target)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.CreateSymbolicLink(full, target);
    }

    void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Root })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
