// Every shell program of this repository as shellcheck sees it: files, what YAML says inline, and what is generated of templates.

using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;
using Imagecraft.Qemu.Machines;
using Scriban;

namespace Imagecraft.Cli.Tests;

public sealed class ShellProgramTests : IDisposable
{
    private static readonly string[] Elsewhere = ["artifacts", "out", "bin", "obj", ".git", ".imagecraft", "supplied"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("imagecraft-test");

    [Fact]
    public async Task Shellcheck_finds_nothing_in_the_files_of_the_repository()
    {
        var files = Files(Golden.Root).Where(IsShell).ToList();
        foreach (var known in new[] { "build.sh", ".ci/run", "build/Imagecraft.Planning/Scripts/strip", "build/Imagecraft.Qemu/Scripts/take-over", "recipes/base-files/profile", "recipes/busybox/udhcpc.script" })
            Assert.Contains(Path.Combine(Golden.Root, known), files);
        var (named, unnamed) = (files.Where(f => FirstLine(f).StartsWith("#!", StringComparison.Ordinal)), files.Where(f => !FirstLine(f).StartsWith("#!", StringComparison.Ordinal)));

        AssertNothing(await ShellcheckAsync(named) + await ShellcheckAsync(["--shell=sh", .. unnamed]), Golden.Root);
    }

    [Fact]
    public async Task Shellcheck_finds_nothing_in_what_YAML_says_inline()
    {
        var workspace = WorkspaceLoader.Load(Golden.Root).Workspace;
        var programs = Inline(workspace).ToList();
        Assert.Contains(programs, p => p.Owner == "overlay-init");
        foreach (var (number, (owner, text, head)) in programs.Index())
            await File.WriteAllTextAsync(Path.Combine(_folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{owner}-{number}")), $"#!/bin/sh\n{head}\n{text}\n", TestContext.Current.CancellationToken);

        AssertNothing(await ShellcheckAsync(Directory.GetFiles(_folder.FullName).Order(StringComparer.Ordinal)), _folder.FullName);
    }

    [Fact]
    public async Task Shellcheck_finds_nothing_in_scripts_that_are_made_of_templates()
    {
        var templates = Directory.GetFiles(Path.Combine(Golden.Root, "build", "Imagecraft.BuiltIns", "Templates")).Where(t => FirstLine(t) == "#!/bin/sh").ToList();
        Assert.NotEmpty(templates);
        foreach (var template in templates)
            foreach (var kind in new[] { "daemon", "once", "respawn" })
            {
                var service = new { name = "syslogd", run = "/sbin/syslogd -n", program = "/sbin/syslogd", arguments = "-n", kind };
                await File.WriteAllTextAsync(Path.Combine(_folder.FullName, $"{Path.GetFileName(template)}-{kind}"), await Template.Parse(await File.ReadAllTextAsync(template, TestContext.Current.CancellationToken)).RenderAsync(new { console = "ttyS0", service }), TestContext.Current.CancellationToken);
            }

        AssertNothing(await ShellcheckAsync(Directory.GetFiles(_folder.FullName).Order(StringComparer.Ordinal)), _folder.FullName);
    }

    [Fact]
    public async Task Shellcheck_is_asked_at_all()
    {
        var file = Path.Combine(_folder.FullName, "faulty");
        await File.WriteAllTextAsync(file, "#!/bin/sh\nrm -r $1\n", TestContext.Current.CancellationToken);
        Assert.Contains("SC2086", await ShellcheckAsync([file]), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    // What recipes see beside their own variables is in DESIGN.md; `build` runs with -eu.
    private static IEnumerable<(string Owner, string Text, string Head)> Inline(Workspace workspace)
    {
        foreach (var recipe in workspace.Recipes.Values)
        {
            foreach (var text in new[] { recipe.Build.Before, recipe.Build.After, (recipe.Build as BuildSpec.Script)?.Steps }.OfType<Sited<string>>())
                yield return (recipe.Name, text, $"set -eu\nexport {string.Join(' ', Known(recipe, workspace).Order(StringComparer.Ordinal).Select(name => $"{name}=\"${{{name}}}\""))}");
            foreach (var service in recipe.Services)
                yield return (recipe.Name, service.Run, "");
        }

        var checks = workspace.Recipes.Values.SelectMany(r => r.Checks.Select(c => (Owner: r.Name.Value, c.Run)))
            .Concat(workspace.Images.Values.SelectMany(i => i.Checks.Select(c => (i.Name.Value, c.Run))))
            .Concat(workspace.Features.Values.SelectMany(f => f.Checks.Select(c => (f.Name.Value, c.Run))))
            .Concat(workspace.Boards.Values.SelectMany(b => b.Checks.Select(c => (b.Name.Value, c.Run))))
            .Concat(workspace.Accelerators.Values.SelectMany(a => a.Checks.Select(c => (a.Name.Value, c.Run))))
            .Concat(workspace.Models.Values.SelectMany(m => m.Checks.Select(c => (m.Name.Value, c.Run))));
        foreach (var (owner, run) in checks)
            yield return (owner, run, "");
        foreach (var (owner, service) in workspace.Images.Values.SelectMany(i => i.Services.Select(s => (i.Name.Value, s))).Concat(workspace.Features.Values.SelectMany(f => f.Services.Select(s => (f.Name.Value, s)))))
            yield return (owner, service.Run, "");
    }

    private static void AssertNothing(string findings, string folder) => Assert.True(findings.Length == 0, findings.Replace(folder + "/", "", StringComparison.Ordinal));

    private static IEnumerable<string> Known(Recipe recipe, Workspace workspace) =>
        new[] { "DESTDIR", "TRIPLET", "ARCH", "CROSS_COMPILE", "CC", "CFLAGS" }.Concat(workspace.Boards.Values.SelectMany(b => b.Variables.Keys)).Distinct();

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder).Concat(Directory.EnumerateDirectories(folder).Where(f => !Elsewhere.Contains(Path.GetFileName(f))).SelectMany(Files));

    private static bool IsShell(string file) =>
        Path.GetFileName(Path.GetDirectoryName(file)) != "Templates" && (file.EndsWith(".sh", StringComparison.Ordinal) || Path.GetFileName(file) == "profile" || (FirstLine(file) is ['#', '!', .. var rest] && rest.EndsWith("sh", StringComparison.Ordinal)));

    private static string FirstLine(string file)
    {
        using var stream = File.OpenRead(file);
        var head = new byte[64];
        return System.Text.Encoding.Latin1.GetString(head, 0, stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)).Split('\n')[0];
    }

    private static async Task<string> ShellcheckAsync(IEnumerable<string> arguments)
    {
        var root = Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_SHELLCHECK") is { Length: > 0 } set ? set
            : throw new InvalidOperationException("`IMAGECRAFT_TEST_SHELLCHECK` is not set; run the tests by `./build.sh test`, or set it to a folder with `usr/bin/shellcheck` and its libraries");
        var program = ToolRootProgram.Find(root, "/usr/bin/shellcheck");
        var result = await CliWrap.Cli.Wrap(program.Program).WithArguments([.. program.Arguments, "--norc", "--format=gcc", .. arguments]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        return result.ExitCode is 0 or 1 ? result.StandardOutput : throw new InvalidOperationException($"shellcheck ended with {result.ExitCode}: {result.StandardError}");
    }
}
