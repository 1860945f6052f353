// Conditions, options, versions and providers: what a workspace says for one board and image.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Tests;

public class ConditionTests
{
    const string Boards = "summary: b\nkernel: linux\ncommand-line: console=ttyS0\nconsole: ttyS0\ndefault-image: plain";

    /// <summary>Boards <c>arm</c> and <c>intel</c>, images <c>plain</c> and <c>rich</c> (with the feature <c>media</c>), and the recipe <c>app</c>.</summary>
    static TestWorkspace Workspace(string app, string image = "", string board = "", string layer = "") => new TestWorkspace()
        .Add("boards/arch.yaml", "architecture: arm64\ncpu: aarch64\nkernel-arch: arm64\ntriplet: aarch64-linux-gnu\ntoolroot: t\ndebian: arm64\ndotnet-rid: linux-arm64\nkernel-image: Image")
        .Add("boards/x.yaml", "architecture: x86-64\ncpu: x86_64\nkernel-arch: x86\ntriplet: x86_64-linux-gnu\ntoolroot: t\ndebian: amd64\ndotnet-rid: linux-x64\nkernel-image: bzImage")
        .Add("boards/arm.yaml", $"board: arm\narchitecture: arm64\n{Boards}\n{board}")
        .Add("boards/intel.yaml", $"board: intel\narchitecture: x86-64\n{Boards}")
        .Add("recipes/t.yaml", "toolroot: t\nfeed: f\npackages: [ bash ]")
        .Add("recipes/f.yaml", "feed: f\nsuite: s\ncomponents: [ main ]\nkeys: [ k.asc ]")
        .Add("recipes/k.asc", "")
        .Add("recipes/linux/linux.yaml", "recipe: linux\nversion: 6.12\nlicense: GPL-2.0-only\nbuild: { system: kernel, config: tinyconfig }")
        .Add("images/media.yaml", "feature: media\nsummary: m")
        .Add("images/plain.yaml", $"image: plain\n{image}")
        .Add("images/rich.yaml", "image: rich\nfeatures: [ media ]")
        .Add("layer.yaml", $"layer: core\n{layer}")
        .Recipe("fast").Recipe("slow").Recipe("ssl")
        .Add("recipes/app/app.yaml", app);

    static Recipe App(TestWorkspace workspace, string board, string image)
    {
        var reading = workspace.Read();
        Assert.Empty(reading.Diagnostics);
        var theirs = reading.For(board, image, "amd64");
        Assert.Empty(theirs.Diagnostics);
        return theirs.Workspace.Recipes["app"];
    }

    static string[] Depends(TestWorkspace workspace, string board = "arm", string image = "plain") => [.. App(workspace, board, image).Depends.Select(name => name.Value)];

    static string Message(TestWorkspace workspace) => Assert.Single(workspace.Read().Diagnostics).Message;

    const string App1 = "recipe: app\nversion: 1.0\nlicense: MIT\nbuild: { system: make }\n";

    [Theory]
    [InlineData("{ architecture: arm64 }", true, false, true)]
    [InlineData("{ architecture: [ x86-64, arm64 ] }", true, true, true)]
    [InlineData("{ architecture: \"!arm64\" }", false, true, false)]
    [InlineData("{ board: intel }", false, true, false)]
    [InlineData("{ image: plain }", true, true, false)]
    [InlineData("{ image-feature: media }", false, false, true)]
    [InlineData("{ image-feature: \"!media\", board: arm }", true, false, false)]
    [InlineData("{ host: false }", true, true, true)]
    [InlineData("{ host: true }", false, false, false)]
    public void An_item_of_a_list_counts_when_its_condition_holds(string when, bool arm, bool intel, bool rich)
    {
        var workspace = Workspace($"{App1}depends: [ fast, {{ value: slow, when: {when} }} ]");

        string[] with = ["fast", "slow"], without = ["fast"];
        Assert.Equal(arm ? with : without, Depends(workspace));
        Assert.Equal(intel ? with : without, Depends(workspace, "intel"));
        Assert.Equal(rich ? with : without, Depends(workspace, image: "rich"));
        Assert.Equal(with, workspace.Good().Recipes["app"].Depends.Select(name => name.Value));
    }

    [Fact]
    public void A_field_has_one_value_or_another()
    {
        var workspace = Workspace("recipe: app\nversion: { value: 2.0, when: { board: intel }, otherwise: { value: 1.5, when: { image: rich }, otherwise: 1.0 } }\nlicense: MIT\nbuild: { system: make }\nsummary: { value: Quick, when: { architecture: arm64 } }");

        Assert.Equal(("1.0", "Quick"), (App(workspace, "arm", "plain").Version.Value, App(workspace, "arm", "plain").Summary));
        Assert.Equal("1.5", App(workspace, "arm", "rich").Version.Value);
        Assert.Equal(("2.0", null), (App(workspace, "intel", "plain").Version.Value, App(workspace, "intel", "plain").Summary));
        Assert.Equal("2.0", workspace.Good().Recipes["app"].Version.Value);
    }

    [Fact]
    public void Maps_of_one_name_may_exclude_each_other()
    {
        var workspace = Workspace($"{App1}packages:\n  - {{ name: app, files: [ /usr/lib/a ], when: {{ architecture: arm64 }} }}\n  - {{ name: app, files: [ /usr/lib/x ], when: {{ architecture: x86-64 }} }}");

        Assert.Equal("/usr/lib/a", App(workspace, "arm", "plain").Packages[0].Files[0].Value);
        Assert.Equal("/usr/lib/x", App(workspace, "intel", "plain").Packages[0].Files[0].Value);
    }

    [Fact]
    public void Each_alternative_is_judged_while_reading() => Assert.Equal("""
        recipes/app/app.yaml:7:37: error IC0102: Unknown key `file` in a package
          7 |   - { name: app, files: [ /usr/x ], file: [ /x ], when: { architecture: x86-64 } }
            |                                     ^^^^
        hint: Did you mean `files`?
        """, Workspace($"{App1}packages:\n  - {{ name: app, files: [ /usr/lib/a ], when: {{ architecture: arm64 }} }}\n  - {{ name: app, files: [ /usr/x ], file: [ /x ], when: {{ architecture: x86-64 }} }}").Bad());

    [Theory]
    [InlineData("depends: [ { value: slow, when: { architecture: arm65 } } ]", "Unknown architecture `arm65` in a condition")]
    [InlineData("depends: [ { value: slow, when: { board: \"!arn\" } } ]", "Unknown board `arn` in a condition")]
    [InlineData("depends: [ { value: slow, when: { feature: media } } ]", "Unknown key `feature` in `when`")]
    [InlineData("depends: [ { value: slow, when: { } } ]", "`when` says nothing")]
    [InlineData("depends: [ { value: slow, when: { option: tls } } ]", "Recipe `app` has no option `tls`")]
    [InlineData("depends: [ { value: slow, when: { architecture: \"!\" } } ]", "`architecture` must be a name, or `!` and a name, not `!`")]
    [InlineData("depends: [ { value: slow, when: arm64 } ]", "An item of `depends` must be a name of lowercase letters, digits and `+._-`, not a map")]
    public void A_wrong_condition_is_told(string more, string message) => Assert.Equal(message, Message(Workspace(App1 + more)));

    [Theory]
    [InlineData("depends: [ { value: slow, when: { architecture: arm64 }, otherwhise: fast } ]", "Unknown key `otherwhise` beside `value` and `when`")]
    [InlineData("depends: [ { when: { architecture: arm64 }, otherwise: fast } ]", "There is an `otherwise`, but no `value`")]
    [InlineData("when: { architecture: arm64 }", "A whole recipe has no condition, nor has an append")]
    public void What_would_be_lost_silently_is_told(string more, string message) => Assert.Contains(Workspace(App1 + more).Read().Diagnostics, problem => problem.Message == message);

    [Fact]
    public void A_cycle_through_a_provided_name_is_found()
    {
        var reading = Workspace($"{App1}depends: [ codec ]").Recipe("fast", "provides: [ codec ]\ndepends: [ app ]").Read();

        Assert.Contains(reading.For("arm", "plain", "amd64").Diagnostics, problem => problem.Message.StartsWith("Recipes depend on each other in a cycle", StringComparison.Ordinal));
    }

    [Fact]
    public void Conditions_have_a_place_only_where_something_depends_on_the_board()
    {
        Assert.Equal("Conditions have no place in tool root `t`, which is one for all boards and images", Message(Workspace(App1).Replace("recipes/t.yaml", "[ bash ]", "[ { value: bash, when: { board: arm } } ]")));
        Assert.Equal("`architecture` cannot have a condition, because conditions depend on it", Message(Workspace(App1).Replace("boards/arm.yaml", "architecture: arm64", "architecture: { value: arm64, when: { image: rich }, otherwise: x86-64 }")));
        Assert.Equal("Which features there are cannot depend on features in `features`", Message(Workspace(App1, "features: [ { value: media, when: { image-feature: media } } ]")));
        Assert.Equal("Options and the build host are conditions of recipes alone", Message(Workspace(App1, "hostname: { value: a, when: { host: true } }")));
    }

    [Fact]
    public void What_an_image_has_may_depend_on_the_board()
    {
        var reading = Workspace($"{App1}packages: [ {{ name: app, files: [ /a ] }} ]", "packages: [ { value: app, when: { board: intel } } ]\nfeatures: [ { value: media, when: { architecture: arm64 } } ]\nhostname: { value: cinema, when: { image-feature: media }, otherwise: plain }").Read();

        Assert.Empty(reading.Diagnostics);
        var (arm, intel) = (reading.For("arm", "plain", "amd64").Workspace.Images["plain"], reading.For("intel", "plain", "amd64").Workspace.Images["plain"]);
        Assert.Equal(("cinema", 0, 1), (arm.Hostname?.Value, arm.Packages.Length, arm.Features.Length));
        Assert.Equal(("plain", 1, 0), (intel.Hostname?.Value, intel.Packages.Length, intel.Features.Length));
    }

    const string Optional = App1 + "options: { tls: { summary: TLS }, quick: { summary: Quick, default: true } }\ndepends: [ { value: ssl, when: { option: tls } }, { value: fast, when: { option: quick }, otherwise: slow } ]";

    [Fact]
    public void Options_are_switched_by_layers_boards_features_and_images_the_last_counting_most()
    {
        Assert.Equal(["fast"], Depends(Workspace(Optional)));
        Assert.Equal(["ssl", "slow"], Depends(Workspace(Optional, "options: { app: { tls: true, quick: false } }")));
        Assert.Equal(["ssl", "fast"], Depends(Workspace(Optional, layer: "options: { app: { tls: true } }")));
        Assert.Equal(["fast"], Depends(Workspace(Optional, board: "options: { app: { tls: false } }", layer: "options: { app: { tls: true } }")));
        Assert.Equal(["slow"], Depends(Workspace(Optional, "options: { app: { quick: false } }", "options: { app: { tls: false } }", "options: { app: { tls: true } }")));
        Assert.Equal(["ssl", "fast"], Depends(Workspace(Optional).Add("images/media.yaml", "feature: media\noptions: { app: { tls: true } }"), image: "rich"));
    }

    [Fact]
    public void A_switch_of_what_is_not_there_is_told()
    {
        Assert.Equal("Recipe `app` has no option `tsl`, which image `plain` switches", Message(Workspace(Optional, "options: { app: { tsl: true } }")));
        Assert.Equal("Unknown recipe `ap`, which image `plain` switches options of", Message(Workspace(Optional, "options: { ap: { tls: true } }")));
        Assert.Equal("`tls` of `app` of `options` must be `true` or `false`, not `yes`", Message(Workspace(Optional, "options: { app: { tls: yes } }")).Replace("`tls` of `app`", "`tls` of `app`", StringComparison.Ordinal));
    }

    const string Versioned = "recipe: app\nversion: 3.5\nlicense: MIT\nsources: [ { url: \"https://example.org/app-$VERSION.tar.gz\", sha256: " + Hash + " } ]\npatches: [ new.patch ]\ndepends: [ fast ]\nbuild: { system: make }\nversions:\n  \"3.0\":\n    sources: [ { url: \"https://example.org/app-$VERSION.tar.gz\", sha256: " + Other + " } ]\n    remove: { patches: [ new.patch ] }\n    replace: { depends: [ slow ] }";

    const string Hash = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Other = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    [Fact]
    public void A_recipe_has_several_versions_with_a_default()
    {
        var usual = App(Workspace(Versioned).Add("recipes/app/new.patch", ""), "arm", "plain");
        var old = App(Workspace(Versioned, "versions: { app: \"3.0\" }").Add("recipes/app/new.patch", ""), "arm", "plain");

        Assert.Equal(("3.5", "https://example.org/app-3.5.tar.gz", Hash, 1, "fast"), (usual.Version.Value, usual.Sources.Single().Url.Value, usual.Sources.Single().Sha256!.Value, usual.Patches.Length, usual.Depends.Single().Value));
        Assert.Equal(("3.0", "https://example.org/app-3.0.tar.gz", Other, 0, "slow"), (old.Version.Value, old.Sources.Single().Url.Value, old.Sources.Single().Sha256!.Value, old.Patches.Length, old.Depends.Single().Value));
        Assert.Equal("Recipe `app` has no version `3.1`, which image `plain` chooses", Message(Workspace(Versioned, "versions: { app: \"3.1\" }").Add("recipes/app/new.patch", "")));
    }

    [Fact]
    public void A_mistake_in_another_version_is_told_though_nobody_chooses_it() =>
        Assert.Equal("There is no `old.patch` in `patches` to remove", Message(Workspace(Versioned.Replace("{ patches: [ new.patch ] }", "{ patches: [ old.patch ] }", StringComparison.Ordinal)).Add("recipes/app/new.patch", "")));

    [Fact]
    public void A_provided_name_stands_for_the_one_that_is_chosen()
    {
        static TestWorkspace Two(string image = "") => Workspace($"{App1}depends: [ codec ]\npackages: [ {{ name: app, files: [ /a ], requires: [ codec-run ] }} ]", image)
            .Recipe("fast", "provides: [ codec ]\npackages: [ { name: fast-run, files: [ /f ], provides: [ codec-run ] } ]")
            .Recipe("slow", "provides: [ codec ]\npackages: [ { name: slow-run, files: [ /s ], provides: [ codec-run ] } ]");

        Assert.Equal(["slow"], Depends(Two("providers: { codec: slow, codec-run: slow-run }")));
        Assert.Equal("slow-run", App(Two("providers: { codec: slow, codec-run: slow-run }"), "arm", "plain").Packages[0].Requires.Single().Value);
        var undecided = Two().Read();
        Assert.Empty(undecided.Diagnostics);
        var problem = undecided.For("arm", "plain", "amd64").Diagnostics[0];
        Assert.Equal("`codec` is provided by [ `fast`, `slow` ], and nobody chooses", problem.Message);
        Assert.Equal("Write `providers: { codec: fast }` into the image, the board or `layer.yaml`", problem.Hint);
        Assert.Equal("`ssl`, which image `plain` chooses, provides no `codec`", Message(Two("providers: { codec: ssl }")));
    }

    [Fact]
    public void A_provider_may_take_the_place_of_a_recipe_and_need_it()
    {
        static TestWorkspace Two(string image = "") => Workspace($"{App1}depends: [ fast ]", image).Recipe("slow", "provides: [ fast ]\ndepends: [ fast ]");

        Assert.Equal(["fast"], Depends(Two()));
        Assert.Equal(["slow"], Depends(Two("providers: { fast: slow }")));
        Assert.Equal("fast", Two("providers: { fast: slow }").Read().For("arm", "plain", "amd64").Workspace.Recipes["slow"].Depends.Single().Value);
    }

    [Fact]
    public void What_is_built_for_the_host_is_another_recipe()
    {
        var workspace = Workspace($"{App1}depends: [ {{ value: slow, when: {{ host: true }} }}, {{ value: fast, when: {{ architecture: arm64 }} }} ]").Read().For("arm", "plain", "amd64").Workspace;

        Assert.Equal(["fast"], workspace.RecipesFor(host: false)["app"].Depends.Select(name => name.Value));
        Assert.Equal(["slow"], workspace.RecipesFor(host: true)["app"].Depends.Select(name => name.Value));
    }

    [Fact]
    public void A_recipe_says_its_name_and_version_once()
    {
        var recipe = App(Workspace("recipe: app\nversion: 1.86.2\nlicense: MIT\nbuild: { system: make }\nsources: [ { url: \"https://example.org/$NAME/${VERSION_MAJOR_MINOR}/${NAME}_$VERSION_UNDERSCORES-$VERSION_MAJOR-$$.tar.gz\", sha256: " + Hash + " } ]\npackages: [ { name: lib$NAME$VERSION_MAJOR, files: [ \"/usr/lib/*.so.$VERSION\" ] } ]\nchecks: [ { name: v, run: \"echo $VERSION\", contains: [ \"app $VERSION\" ], matches: [ \"^$VERSION_MAJOR$\" ] } ]"), "arm", "plain");

        Assert.Equal("https://example.org/app/1.86/app_1_86_2-1-$.tar.gz", recipe.Sources.Single().Url.Value);
        Assert.Equal(("libapp1", "/usr/lib/*.so.1.86.2"), (recipe.Packages[0].Name.Value, recipe.Packages[0].Files.Single().Value));
        Assert.Equal(("echo $VERSION", "app 1.86.2", "^1$"), (recipe.Checks[0].Run.Value, recipe.Checks[0].Contains.Single().Value, recipe.Checks[0].Matches.Single().Value));
        Assert.Equal("Unknown variable `$`", Message(Workspace(App1 + "packages: [ { name: app, files: [ \"/usr/$\" ] } ]")));
        var problem = Assert.Single(Workspace(App1 + "sources: [ { url: \"https://example.org/$VERSOIN.tar.gz\", sha256: " + Hash + " } ]").Read().Diagnostics);
        Assert.Equal(("Unknown variable `$VERSOIN`", "Did you mean `VERSION`?; a dollar sign is `$$`"), (problem.Message, problem.Hint));
    }
}
