// What single documents give that do not fit their form.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Tests;

public class FormTests
{
    [Fact]
    public void Text_in_place_of_a_list_is_told_with_the_list_to_write() => Assert.Equal("""
        recipes/a/a.yaml:5:10: error IC0104: `depends` must be a list, not text
          5 | depends: zlib
            |          ^^^^
        hint: Write it as `[ zlib ]`
        """, new TestWorkspace().Recipe("a", "depends: zlib").Bad());

    [Fact]
    public void Packages_that_run_no_steps_have_no_tools_for_them() => Assert.Contains(
        "error IC0102: Unknown key `tools` in `build` of system `prebuilt`",
        new TestWorkspace().Add("recipes/a/a.yaml", "recipe: a\nversion: 1.0\nlicense: MIT\nbuild: { system: prebuilt, feed: trixie, packages: [ a ], tools: [ extra ] }\n").Bad(),
        StringComparison.Ordinal);

    [Fact]
    public void A_map_in_place_of_an_item_is_told() => Assert.Equal("""
        recipes/a/a.yaml:5:12: error IC0104: An item of `depends` must be a name of lowercase letters, digits and `+._-`, not a map
          5 | depends: [ { zlib: 1 } ]
            |            ^
        """, new TestWorkspace().Recipe("a", "depends: [ { zlib: 1 } ]").Bad());

    [Fact]
    public void A_key_without_a_value_is_told() => Assert.Equal("""
        recipes/a/a.yaml:5:9: error IC0104: `summary` must be text, not nothing
          5 | summary:
            |         ^
        hint: Write a value after the colon, or remove the key; empty text is `""`
        """, new TestWorkspace().Recipe("a", "summary:\n").Bad());

    [Fact]
    public void A_number_must_be_one() => Assert.Equal("""
        recipes/a/a.yaml:5:48: error IC0106: `timeout` must be a whole number from 1 to 86400, not `soon`
          5 | checks: [ { name: x, run: x, exit: 0, timeout: soon } ]
            |                                                ^^^^
        """, new TestWorkspace().Recipe("a", "checks: [ { name: x, run: x, exit: 0, timeout: soon } ]").Bad());

    [Fact]
    public void A_word_of_a_set_names_the_nearest() => Assert.Equal("""
        recipes/a/a.yaml:5:38: error IC0105: `kind` must be one of [ `once`, `daemon`, `respawn` ], not `respwan`
          5 | services: [ { name: x, run: x, kind: respwan } ]
            |                                      ^^^^^^^
        hint: Did you mean `respawn`?
        """, new TestWorkspace().Recipe("a", "services: [ { name: x, run: x, kind: respwan } ]").Bad());

    [Fact]
    public void A_hash_of_the_wrong_length_tells_its_length() => Assert.Equal("""
        recipes/a/a.yaml:5:59: error IC0106: `sha256` must be 64 lowercase hexadecimal characters, not `3311dff`
          5 | sources: [ { url: "https://example.org/a.tar.gz", sha256: 3311dff } ]
            |                                                           ^^^^^^^
        hint: It has 7 characters
        """, new TestWorkspace().Recipe("a", "sources: [ { url: \"https://example.org/a.tar.gz\", sha256: 3311dff } ]").Bad());

    [Theory]
    [InlineData("https://example.org/a", "", "Required key `sha256` is missing in a source")]
    [InlineData("git:https://example.org/a", "", "Required key `commit` is missing in a git source")]
    [InlineData("htps://example.org/a", "", "`url` must be an address with one of the schemes [ `https:`, `http:`, `file:`, `git:`, `debian:`, `npm:`, `nuget:`, `supplied:` ], not `htps://example.org/a`")]
    [InlineData("file:absent", "", "`url` names `file:absent`, but there is no file `recipes/a/absent`")]
    public void A_source_without_identity_is_refused(string url, string more, string message) =>
        Assert.Equal(message, Only(new TestWorkspace().Recipe("a", $"sources: [ {{ url: \"{url}\"{more} }} ]")).Message);

    [Fact]
    public void A_supplied_file_has_one_hash_or_one_for_each_known_version()
    {
        var (first, second) = (new string('a', 64), new string('b', 64));
        SourceSpec Source(string sha256) => new TestWorkspace().Recipe("a", $"sources: [ {{ url: \"supplied:acme/ddr.bin\", obtain: ask Acme{sha256} }} ]").Good().Recipes["a"].Sources.Single();

        Assert.Equal((first, 0), (Source($", sha256: {first}").Sha256?.Value, Source($", sha256: {first}").Versions.Count));
        Assert.Equal(["1.17 bbbb", "1.18 aaaa"], Source($", sha256: {{ 1.18: {first}, 1.17: {second} }}").Versions.Select(v => $"{v.Key} {v.Value.Value[..4]}"));
        Assert.Null(Source($", sha256: {{ 1.18: {first} }}").Sha256);
        Assert.Equal((null, 0), (Source("").Sha256, Source("").Versions.Count));
    }

    [Theory]
    [InlineData("url: \"git:--upload-pack=touch /tmp/x;\", commit: COMMIT", "`git:--upload-pack=touch /tmp/x;` is no address for git: it begins like an option of git; write one of `https://`, `ssh://`, `git://` and `file:///`", "\"git:--")]
    [InlineData("url: \"git:user@example.org:x\", commit: COMMIT", "`git:user@example.org:x` is no address for git: it is of the form `HOST:PATH`; write `ssh://USER@HOST/PATH`", "\"git:user")]
    [InlineData("url: \"git:https://example.org/x\", commit: COMMIT, mirrors: [ \"git:ext::sh\" ]", "`git:ext::sh` is no address for git: it names a helper program of git; write one of `https://`, `ssh://`, `git://` and `file:///`", "\"git:ext")]
    [InlineData("url: \"git:https://example.org/x\", commit: COMMIT, mirrors: [ \"https://example.org/x.tar.gz\" ]", "A git source is known by its commit, other files by their SHA-256, so neither is a mirror of the other", "\"https://example.org/x.tar.gz\"")]
    [InlineData("url: \"https://example.org/a\", sha256: HASH, mirrors: [ \"git:https://example.org/x\" ]", "A git source is known by its commit, other files by their SHA-256, so neither is a mirror of the other", "\"git:https://example.org/x\"")]
    [InlineData("url: \"https://example.org/a\", sha256: { 1: HASH, 2: HASH }", "A source has versions with a hash each, but only a `supplied:` file may have several", "HASH")]
    [InlineData("url: \"https://example.org/a\", sha256: HASH, commit: COMMIT", "A source has a `commit`, but is no `git:` source", "COMMIT")]
    [InlineData("url: \"https://example.org/a\", sha256: HASH, obtain: ask Acme", "A source says where the user gets it, but is no `supplied:` file", "\"https://example.org/a\"")]
    [InlineData("url: \"https://example.org/a\", sha256: HASH, mirrors: [ \"supplied:a\" ]", "A `supplied:` file cannot be a mirror", "\"supplied:a\"")]
    [InlineData("url: \"supplied:a\", obtain: ask Acme, mirrors: [ \"https://example.org/a\" ]", "`supplied:a` lies in the workspace, so its mirrors are never asked", "\"https://example.org/a\"")]
    [InlineData("url: \"file:a.yaml\", mirrors: [ \"https://example.org/a\" ]", "`file:a.yaml` lies in the workspace, so its mirrors are never asked", "\"https://example.org/a\"")]
    [InlineData("url: \"supplied:../imagecraft.lock\", obtain: ask Acme", "`url` names `supplied:../imagecraft.lock`, which lies outside of `supplied/`", "\"supplied:../imagecraft.lock\"")]
    [InlineData("url: \"supplied:/etc/passwd\", obtain: ask Acme", "`url` names `supplied:/etc/passwd`, which lies outside of `supplied/`", "\"supplied:/etc/passwd\"")]
    [InlineData("url: \"https://example.org/a\", sha256: HASH, at-least: 512", "A source has bounds of its size, but is no `supplied:` file", "512")]
    [InlineData("url: \"supplied:a\", obtain: ask Acme, at-least: 4096, at-most: 512", "`at-least` is 4096 bytes, more than the 512 bytes of `at-most`", "4096")]
    public void What_would_be_ignored_of_a_source_is_told(string source, string message, string place)
    {
        string Filled(string text) => text.Replace("HASH", new string('a', 64)).Replace("COMMIT", new string('c', 40));
        var line = $"sources: [ {{ {Filled(source)} }} ]";
        var problem = Only(new TestWorkspace().Recipe("a", line));

        Assert.Equal((message, line.IndexOf(Filled(place), StringComparison.Ordinal) + 1), (problem.Message, problem.Span!.Column));
        Assert.NotNull(problem.Hint);
    }

    [Fact]
    public void A_source_is_unpacked_when_its_name_ends_like_an_archive()
    {
        var hash = new string('a', 64);
        var recipe = new TestWorkspace()
            .Recipe("a", $"""
                sources:
                  - {"{"} url: "https://example.org/a.tar.xz", sha256: {hash} {"}"}
                  - {"{"} url: "https://example.org/firmware.bin", sha256: {hash} {"}"}
                  - {"{"} url: "https://example.org/b.zip", sha256: {hash}, unpack: false, strip: 0, into: b {"}"}
                  - {"{"} url: "file:local.txt" {"}"}
                  - {"{"} url: "https://example.org/C.TBZ2?download=1", sha256: {hash} {"}"}
                  - {"{"} url: "nuget:Some.Package/1.0/lib/d.dll#e.zip", sha256: {hash} {"}"}
                """)
            .Add("recipes/a/local.txt", "")
            .Good().Recipes["a"];

        Assert.Equal([true, false, false, false, true, false], recipe.Sources.Select(source => source.Unpack));
        Assert.Equal(["a.tar.xz", "firmware.bin", "b.zip", "local.txt", "C.TBZ2", "d.dll"], recipe.Sources.Select(source => source.FileName));
        Assert.Equal((0, "b"), (recipe.Sources[2].Strip, recipe.Sources[2].Into));
        Assert.Equal("file:local.txt", recipe.Sources[3].Url.Value);
    }

    [Theory]
    [InlineData("0644", "0644")]
    [InlineData("\"4755\"", "4755")]
    [InlineData("1777", "1777")]
    public void A_mode_is_four_octal_digits_with_quotes_or_without(string written, string mode) =>
        Assert.Equal(mode, File(written).Good().Images["i"].Files.Single().Mode?.Value.ToString());

    [Theory]
    [InlineData("644", "Write all four octal digits: `0644`")]
    [InlineData("0o755", "Write all four octal digits: `0755`")]
    [InlineData("00755", "Write all four octal digits: `0755`")]
    [InlineData("493", "Modes are octal; decimal 493 is `0755`")]
    [InlineData("u+x", null)]
    [InlineData("10755", null)]
    public void Any_other_mode_is_refused_with_what_to_write(string written, string? hint)
    {
        var problem = Only(File(written));
        Assert.Equal(($"`mode` must be a mode of four octal digits such as `0755`, not `{written}`", hint), (problem.Message, problem.Hint));
    }

    static TestWorkspace File(string mode) => new TestWorkspace().Add("images/i.yaml", $"image: i\nfiles: [ {{ path: /etc/motd, text: x, mode: {mode} }} ]");

    [Fact]
    public void An_unknown_build_system_names_the_nearest() => Assert.Equal("""
        recipes/a/a.yaml:4:18: error IC0105: Unknown build system `autotool`
          4 | build: { system: autotool }
            |                  ^^^^^^^^
        hint: Did you mean `autotools`?
        """, new TestWorkspace().Add("recipes/a/a.yaml", "recipe: a\nversion: 1\nlicense: MIT\nbuild: { system: autotool }").Bad());

    [Fact]
    public void A_key_of_another_build_system_is_unknown() => Assert.Equal("""
        recipes/a/a.yaml:4:25: error IC0102: Unknown key `configure` in `build` of system `cmake`
          4 | build: { system: cmake, configure: [ --with-x ] }
            |                         ^^^^^^^^^
        hint: Known: [ `after`, `before`, `environment`, `hardening`, `options`, `per-board`, `strip`, `subfolder`, `system`, `toolroot`, `tools` ]
        """, new TestWorkspace().Add("recipes/a/a.yaml", "recipe: a\nversion: 1\nlicense: MIT\nbuild: { system: cmake, configure: [ --with-x ] }").Bad());

    [Fact]
    public void A_patch_that_does_not_exist_is_told_with_the_path_that_was_looked_for() => Assert.Equal("""
        recipes/a/a.yaml:5:12: error IC0107: An item of `patches` names `0001.patch`, but there is no file `recipes/a/0001.patch`
          5 | patches: [ 0001.patch ]
            |            ^^^^^^^^^^
        hint: Names are relative to the folder of the file they are written in
        """, new TestWorkspace().Recipe("a", "patches: [ 0001.patch ]").Bad());

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    public void A_file_outside_of_the_workspace_is_refused(string name) =>
        Assert.Equal($"An item of `patches` names `{name}`, which lies outside of the workspace", Only(new TestWorkspace().Recipe("a", $"patches: [ {name} ]")).Message);

    [Fact]
    public void A_name_of_a_neighbour_folder_is_resolved()
    {
        var recipe = new TestWorkspace().Recipe("a", "patches: [ ../b/./0001.patch ]").Add("recipes/b/0001.patch", "").Good().Recipes["a"];

        Assert.Equal("recipes/b/0001.patch", recipe.Patches.Single().Value);
    }

    [Fact]
    public void A_config_is_a_file_when_there_is_one_and_else_a_make_target()
    {
        static string Text(string name, string config) => $"recipe: {name}\nversion: 1\nlicense: MIT\nbuild: {{ system: kernel, config: {config} }}";
        var workspace = new TestWorkspace()
            .Add("recipes/k/k.yaml", Text("k", "tinyconfig"))
            .Add("recipes/f/f.yaml", Text("f", "base.config")).Add("recipes/f/base.config", "");

        var recipes = workspace.Good().Recipes;
        Assert.Equal("tinyconfig", Assert.IsType<Model.BuildSpec.Kernel>(recipes["k"].Build).Config.Value);
        Assert.Equal("recipes/f/base.config", Assert.IsType<Model.BuildSpec.Kernel>(recipes["f"].Build).Config.Value);
        Assert.Equal(Codes.MissingFile, Only(workspace.Add("recipes/f/f.yaml", Text("f", "bsae.config"))).Code);
    }

    [Theory]
    [InlineData("4096", 4096)]
    [InlineData("512 MiB", 512L << 20)]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("1 TiB", 1L << 40)]
    public void Sizes_have_binary_units(string text, long bytes) =>
        Assert.Equal(bytes, new TestWorkspace().Add("images/i.yaml", $"image: i\nsize: {text}").Good().Images["i"].Size?.Value);

    [Theory]
    [InlineData("12 MB")]
    [InlineData("-1")]
    [InlineData("big")]
    [InlineData("99999999999 TiB")]
    public void Other_sizes_are_refused(string text) =>
        Assert.Equal($"`size` must be a size such as `512 MiB`, not `{text}`", Only(new TestWorkspace().Add("images/i.yaml", $"image: i\nsize: {text}")).Message);

    [Fact]
    public void A_file_of_an_image_has_either_text_or_template()
    {
        var workspace = new TestWorkspace().Add("images/motd", "");

        Assert.Equal(Codes.Contradiction, Only(workspace.Add("images/i.yaml", "image: i\nfiles: [ { path: /etc/motd } ]")).Code);
        Assert.Equal(Codes.Contradiction, Only(workspace.Add("images/i.yaml", "image: i\nfiles: [ { path: /etc/motd, text: a, template: motd } ]")).Code);
        Assert.Equal("images/motd", workspace.Add("images/i.yaml", "image: i\nfiles: [ { path: /etc/motd, template: motd } ]").Good().Images["i"].Files.Single().Template?.Value);
    }

    [Fact]
    public void An_unknown_kind_names_the_nearest() => Assert.Equal("""
        recipes/a.yaml:1:1: error IC0101: Unknown kind of document `recipie`
          1 | recipie: a
            | ^^^^^^^
        hint: Did you mean `recipe`?
        """, new TestWorkspace().Add("recipes/a.yaml", "recipie: a").Bad());

    [Fact]
    public void A_kind_that_is_not_first_is_told_to_move() => Assert.Equal("""
        recipes/a.yaml:1:1: error IC0101: Unknown kind of document `version`
          1 | version: 1
            | ^^^^^^^
        hint: Move `recipe:` to the first line
        """, new TestWorkspace().Add("recipes/a.yaml", "version: 1\nrecipe: a").Bad());

    [Fact]
    public void A_name_must_be_safe_in_file_names() =>
        Assert.Equal("`recipe` must be a name of lowercase letters, digits and `+._-`, not `My Recipe`", Only(new TestWorkspace().Add("recipes/a.yaml", "recipe: My Recipe\nversion: 1\nlicense: MIT\nbuild: { system: make }")).Message);

    [Fact]
    public void An_expectation_of_an_unknown_sample_names_the_nearest()
    {
        var text = $$"""
            model: m
            version: 5
            license: MIT
            source: { url: "npm:@example/m@1.0/m.onnx", sha256: {{new string('a', 64)}} }
            shapes: { input: [ 1, 512 ] }
            samples: [ { name: speech, kind: speech, text: Hello }, { name: noise, kind: noise, seed: 7, seconds: 2.5 } ]
            expect: [ { sample: speech, min: 0.5 }, { sample: noise, max: 2e-1 } ]
            """;

        var model = new TestWorkspace().Add("models/m.yaml", text).Good().Models["m"];
        Assert.Equal([1L, 512L], model.Shapes["input"]);
        Assert.Equal((7, 2.5), (model.Samples[1].Seed, model.Samples[1].Seconds));
        Assert.Equal(0.2, model.Expect[1].Max);
        Assert.Null(model.Tolerance);
        Assert.False(model.Source.Unpack);
        Assert.Equal("Did you mean `speech`?", Only(new TestWorkspace().Add("models/m.yaml", text.Replace("sample: speech", "sample: speach"))).Hint);
    }

    [Theory]
    [InlineData("context: 64", "context: -5", "`context` must be a whole number from 0 to 16777216, not `-5`")]
    [InlineData("context: 64", "context: 4294967297", "`context` must be a whole number from 0 to 16777216, not `4294967297`")]
    [InlineData("[ 1, 512 ]", "[ 1, 0 ]", "`shapes` gives the input `input` the sizes [ 1, 0 ], but sizes are 1 to 2147483647")]
    [InlineData("[ 1, 512 ]", "[ -1, 4294967297 ]", "`shapes` gives the input `input` the sizes [ -1, 4294967297 ], but sizes are 1 to 2147483647")]
    [InlineData("seconds: 2.5", "seconds: 1e9", "`seconds` of the sample `noise` is 1000000000, but at most 600 are made")]
    [InlineData("seconds: 2.5", "seconds: 2s1", "`seconds` must be a number, not `2s1`")]
    [InlineData(", min: 0.5", "", "The expectation of `noise` has neither `min` nor `max`, so nothing could fail")]
    [InlineData("min: 0.5", "min: 0.5, max: 0.2", "The expectation of `noise` has a `min` above its `max`, so nothing could hold")]
    public void A_size_or_an_expectation_that_no_network_can_have_is_told_while_reading(string right, string wrong, string message)
    {
        var text = $$"""
            model: m
            version: 5
            license: MIT
            source: { url: "npm:@example/m@1.0/m.onnx", sha256: {{new string('a', 64)}} }
            shapes: { input: [ 1, 512 ] }
            context: 64
            samples: [ { name: noise, kind: noise, seconds: 2.5 } ]
            expect: [ { sample: noise, min: 0.5 } ]
            """;

        new TestWorkspace().Add("models/m.yaml", text).Good();
        Assert.Equal(message, Only(new TestWorkspace().Add("models/m.yaml", text.Replace(right, wrong))).Message);
    }

    [Theory]
    [InlineData("labels: [ \"\", a ]\n", "", "`cer` needs what each class writes, but there are neither `labels` nor an `alphabet`")]
    [InlineData("blank: 1", "blank: 2", "`blank` is 2, but `labels` has the classes 0 to 1")]
    public void A_metric_that_reads_needs_to_know_what_classes_write(string right, string wrong, string message)
    {
        var text = $$"""
            model: m
            version: 5
            license: MIT
            source: { url: "npm:@example/m@1.0/m.onnx", sha256: {{new string('a', 64)}} }
            labels: [ "", a ]
            evaluate: { dataset: plates, split: test, metric: cer, blank: 1, max: 0.5 }
            """ + "\n";

        Assert.DoesNotContain(new TestWorkspace().Add("models/m.yaml", text).Read().Diagnostics, found => found.Message == message);
        Assert.Contains(new TestWorkspace().Add("models/m.yaml", text.Replace(right, wrong)).Read().Diagnostics, found => found.Message == message);
    }

    static Model.Diagnostic Only(TestWorkspace workspace) => Assert.Single(workspace.Read().Diagnostics);
}
