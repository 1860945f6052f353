// How layers lie over each other: overrides, appends, and where each value comes from.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Tests;

public class LayerTests
{
    const string Below = """
        recipe: busybox
        version: 1.37.0
        license: GPL-2.0-only
        depends: [ zlib ]
        build:
          system: kconfig
          config: defconfig
          fragments: [ busybox.config ]
          environment: { A: 1 }
        """;

    static TestWorkspace Two(string append, int priority = 1) => new TestWorkspace()
        .Recipe("zlib").Recipe("ncurses")
        .Add("recipes/busybox/busybox.yaml", Below)
        .Add("recipes/busybox/busybox.config", "")
        .Add("layers/mine/layer.yaml", $"layer: mine\npriority: {priority}")
        .Add("layers/mine/recipes/busybox/extra.config", "")
        .Add("layers/mine/recipes/busybox/busybox.append.yaml", append);

    [Fact]
    public void An_append_replaces_scalars_and_adds_to_lists_also_within_build()
    {
        var recipe = Two("append: busybox\nversion: 1.37.1\nsummary: Mine\ndepends: [ ncurses ]\nbuild: { config: extra.config, fragments: [ extra.config ], environment: { A: 2, B: 3 } }").Good().Recipes["busybox"];

        Assert.Equal(("1.37.1", "Mine", "GPL-2.0-only"), (recipe.Version.Value, recipe.Summary, recipe.License.Value));
        Assert.Equal("layers/mine/recipes/busybox/busybox.append.yaml:2:10", recipe.Version.Span.ToString());
        Assert.Equal(["zlib", "ncurses"], recipe.Depends.Select(name => name.Value));
        Assert.Equal("recipes/busybox", recipe.Folder);
        var build = Assert.IsType<BuildSpec.Kconfig>(recipe.Build);
        Assert.Equal("layers/mine/recipes/busybox/extra.config", build.Config.Value);
        Assert.Equal(["recipes/busybox/busybox.config", "layers/mine/recipes/busybox/extra.config"], build.Fragments.Select(file => file.Value));
        Assert.Equal(["A=2", "B=3"], build.Environment.Select(pair => $"{pair.Key}={pair.Value}"));
    }

    [Fact]
    public void A_file_source_of_an_append_is_named_as_seen_from_the_recipe()
    {
        var recipe = Two("append: busybox\nsources: [ { url: \"file:extra.config\" } ]").Good().Recipes["busybox"];

        Assert.Equal("file:../../layers/mine/recipes/busybox/extra.config", recipe.Sources.Single().Url.Value);
    }

    const string Packages = "packages:\n  - { name: busybox, files: [ /bin ], requires: [ libc ] }\n  - { name: busybox-extra, files: [ /extra ] }\npatches: [ a.patch, b.patch ]\n";

    static Recipe Changed(string changes) => Assert.Single(Two("append: busybox\n" + changes).Add("recipes/libc.yaml", "recipe: libc\nversion: 1\nlicense: MIT\nbuild: { system: make }\npackages: [ { name: libc, files: [ /lib ] }, { name: libm, files: [ /libm ] } ]").Add("recipes/busybox/a.patch", "").Add("recipes/busybox/b.patch", "").Add("recipes/busybox/busybox.yaml", Below + "\n" + Packages).Good().Recipes, recipe => recipe.Key == "busybox").Value;

    [Fact]
    public void An_append_changes_the_item_of_the_same_name()
    {
        var packages = Changed("packages: [ { name: busybox, files: [ /sbin ], requires: [ libm ] }, { name: busybox-more, files: [ /more ] } ]").Packages.Where(package => !package.IsConventional).ToArray();

        Assert.Equal(["busybox", "busybox-extra", "busybox-more"], packages.Select(package => package.Name.Value));
        Assert.Equal(["/bin", "/sbin"], packages[0].Files.Select(file => file.Value));
        Assert.Equal(["libc", "libm"], packages[0].Requires.Select(name => name.Value));
    }

    [Fact]
    public void An_append_removes_and_replaces()
    {
        var recipe = Changed("summary: new\nremove: { patches: [ a.patch ], packages: { busybox: { requires: [ libc ] } }, build: { environment: [ A ] } }\nreplace: { depends: [ ncurses ], build: { fragments: [ extra.config ] } }");

        Assert.Equal("recipes/busybox/b.patch", recipe.Patches.Single().Value);
        Assert.Empty(recipe.Packages[0].Requires);
        Assert.Empty(recipe.Build.Environment);
        Assert.Equal("ncurses", recipe.Depends.Single().Value);
        Assert.Equal("layers/mine/recipes/busybox/extra.config", Assert.IsType<BuildSpec.Kconfig>(recipe.Build).Fragments.Single().Value);
        Assert.Equal("busybox-extra", Changed("remove: { packages: [ busybox ] }").Packages[0].Name.Value);
        Assert.Empty(Changed("remove: [ depends ]").Depends);
    }

    [Theory]
    [InlineData("remove: { patches: [ c.patch ] }", "There is no `c.patch` in `patches` to remove")]
    [InlineData("remove: { packages: { busibox: [ files ] } }", "There is no `busibox` in `packages` to remove")]
    [InlineData("remove: [ summary ]", "There is no `summary` in the document to remove")]
    [InlineData("remove: patches", "What `remove` takes away must be a list of keys, texts or names, not text")]
    [InlineData("replace: { source: [ ] }", "Nothing has the key `source`, which is to be replaced")]
    [InlineData("remove: [ recipe ]", "`recipe` names the document, which cannot be changed")]
    [InlineData("replace: { recipe: other }", "`recipe` names the document, which cannot be changed")]
    [InlineData("replace: { packages: { busybox: 1 } }", "`packages` is a list, and cannot be replaced by a map")]
    [InlineData("replace: [ sources ]", "`replace` must be a map of keys with their new values, not a list")]
    public void What_cannot_be_changed_is_told(string changes, string message) =>
        Assert.Equal(message, Assert.Single(Two("append: busybox\n" + changes).Add("recipes/busybox/a.patch", "").Add("recipes/busybox/b.patch", "").Add("recipes/libc.yaml", "recipe: libc\nversion: 1\nlicense: MIT\nbuild: { system: make }\npackages: [ { name: libc, files: [ /lib ] } ]").Add("recipes/busybox/busybox.yaml", Below + "\n" + Packages).Read().Diagnostics).Message);

    [Fact]
    public void Documents_of_all_kinds_are_changed_by_appends()
    {
        var image = new TestWorkspace().Add("images/i.yaml", "image: i\nhostname: a\nfiles: [ { path: /etc/motd, text: old }, { path: /etc/other, text: x } ]").Add("layers/mine/layer.yaml", "layer: mine")
            .Add("layers/mine/images/i.yaml", "append: { image: i }\nhostname: b\nfiles: [ { path: /etc/motd, text: new } ]").Good().Images["i"];

        Assert.Equal(("b", "new", 2), (image.Hostname?.Value, image.Files[0].Text?.Value, image.Files.Length));
    }

    [Theory]
    [InlineData("append: { images: i }", "Unknown kind of document `images` to append to")]
    [InlineData("append: { image: i, board: b }", "`append` must be the name of a recipe, or a map of one kind and name")]
    [InlineData("append: { image: [ i ] }", "`image` must be a name, not a list")]
    [InlineData("append: { image: j }", "Unknown image `j` to append to")]
    [InlineData("append: { image: i }\nimage: j", "An append cannot rename a image")]
    public void A_wrong_append_to_another_kind_is_told(string append, string message) =>
        Assert.Equal(message, Assert.Single(new TestWorkspace().Add("images/i.yaml", "image: i").Add("layers/mine/layer.yaml", "layer: mine").Add("layers/mine/images/x.yaml", append).Read().Diagnostics).Message);

    [Fact]
    public void A_document_extends_another_with_what_layers_append_to_both()
    {
        var images = new TestWorkspace()
            .Add("images/base.yaml", "image: base\nsummary: Base\nhostname: base\nfiles: [ { path: /a, text: a }, { path: /b, text: b } ]")
            .Add("images/mine.yaml", "image: mine\nextends: middle\nhostname: mine\nremove: { files: [ /b ] }")
            .Add("images/middle.yaml", "image: middle\nextends: base\nfiles: [ { path: /a, mode: \"0600\" } ]")
            .Add("layers/mine/layer.yaml", "layer: mine")
            .Add("layers/mine/images/base.yaml", "append: { image: base }\nversion: \"7\"")
            .Add("layers/mine/images/mine.yaml", "append: { image: mine }\nremove: [ summary ]\nreplace: { files: [ { path: /c, text: c } ] }").Good().Images;

        Assert.Equal(("base", "mine", "7", "7"), (images["base"].Hostname?.Value, images["mine"].Hostname?.Value, images["mine"].Version?.Value, images["middle"].Version?.Value));
        Assert.Equal(("Base", null), (images["middle"].Summary, images["mine"].Summary));
        Assert.Equal(["/a", "/b"], images["middle"].Files.Select(file => file.Path.Value));
        Assert.NotNull(images["middle"].Files[0].Mode);
        Assert.Equal(["/c"], images["mine"].Files.Select(file => file.Path.Value));
    }

    [Fact]
    public void Extending_what_is_not_there_or_itself_is_told()
    {
        Assert.Equal("Unknown image `bse`, which image `mine` extends", Assert.Single(new TestWorkspace().Add("images/base.yaml", "image: base").Add("images/mine.yaml", "image: mine\nextends: bse").Read().Diagnostics).Message);
        Assert.Equal("The board `b` extends itself", Assert.Single(new TestWorkspace().Add("boards/b.yaml", "board: b\nextends: b").Read().Diagnostics).Message);
        Assert.Contains("Documents extend each other in a cycle: `a` -> `b` -> `a`", new TestWorkspace().Add("images/a.yaml", "image: a\nextends: b").Add("images/b.yaml", "image: b\nextends: a").Bad(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_in_what_is_extended_is_one_problem_of_both()
    {
        var reading = new TestWorkspace().Add("images/base.yaml", "image: base\nhostnam: x").Add("images/mine.yaml", "image: mine\nextends: base").Read();

        Assert.Single(reading.Diagnostics);
        Assert.False(reading.IsSound(new DocumentId(KindNames.Image, "mine")));
    }

    [Fact]
    public void A_wrong_key_of_an_append_is_told_in_the_file_of_the_append() => Assert.Equal("""
        layers/mine/recipes/busybox/busybox.append.yaml:2:1: error IC0102: Unknown key `verison` in a recipe
          2 | verison: 2
            | ^^^^^^^
        hint: Did you mean `version`?
        """, Two("append: busybox\nverison: 2").Bad());

    [Fact]
    public void An_append_of_another_type_than_the_value_below_is_told() => Assert.Equal("""
        layers/mine/recipes/busybox/busybox.append.yaml:2:10: error IC0104: `depends` must be a list, not text
          2 | depends: ncurses
            |          ^^^^^^^
        hint: Write it as `[ ncurses ]`
        """, Two("append: busybox\ndepends: ncurses").Bad());

    [Fact]
    public void An_append_to_an_unknown_recipe_names_the_nearest() => Assert.Equal("""
        layers/mine/recipes/busybox/busybox.append.yaml:1:9: error IC0202: Unknown recipe `bussybox` to append to
          1 | append: bussybox
            |         ^^^^^^^^
        hint: Did you mean `busybox`?
        """, Two("append: bussybox").Bad());

    [Fact]
    public void An_append_to_a_recipe_of_a_layer_above_is_told_to_raise_its_priority()
    {
        var workspace = Two("append: later").Add("layers/upper/layer.yaml", "layer: upper\npriority: 9")
            .Add("layers/upper/recipes/later.yaml", "recipe: later\nversion: 1\nlicense: MIT\nbuild: { system: make }");

        Assert.Equal("It is described by a layer above, at layers/upper/recipes/later.yaml:1:9; raise this layer's `priority`", Assert.Single(workspace.Read().Diagnostics).Hint);
        workspace.Add("layers/mine/layer.yaml", "layer: mine\npriority: 10").Good();
    }

    [Fact]
    public void An_append_cannot_rename() =>
        Assert.Equal("An append cannot rename a recipe", Assert.Single(Two("append: busybox\nrecipe: other").Read().Diagnostics).Message);

    [Fact]
    public void A_layer_above_overrides_a_whole_document()
    {
        var recipe = Two("append: busybox\nsummary: appended")
            .Add("layers/upper/layer.yaml", "layer: upper\npriority: 2")
            .Add("layers/upper/recipes/busybox.yaml", "recipe: busybox\nversion: 2\nlicense: MIT\nbuild: { system: make }").Good().Recipes["busybox"];

        Assert.Equal(("2", null, "layers/upper/recipes"), (recipe.Version.Value, recipe.Summary, recipe.Folder));
        Assert.Empty(recipe.Depends);
        Assert.IsType<BuildSpec.Make>(recipe.Build);
    }

    [Fact]
    public void Layers_lie_by_priority_then_name_and_the_core_layer_lowest()
    {
        var layers = new TestWorkspace()
            .Add("recipes/a.yaml", "feed: f\nsuite: s")
            .Add("layers/x/layer.yaml", "layer: xs\npriority: 5")
            .Add("layers/y/layer.yaml", "layer: as\npriority: 5")
            .Add("layers/z/layer.yaml", "layer: first\npriority: -1").Good().Layers;

        Assert.Equal(["core", "first", "as", "xs"], layers.Select(layer => layer.Name.Value));
        Assert.Equal(["", "layers/z", "layers/y", "layers/x"], layers.Select(layer => layer.Folder));
    }

    [Fact]
    public void Two_documents_of_one_name_in_one_layer_are_told() => Assert.Equal("""
        recipes/z.yaml:1:9: error IC0201: Two documents of one layer describe recipe `a`
          1 | recipe: a
            |         ^
        hint: The other is at recipes/a/a.yaml:1:9; rename one, or move one to a layer above to override
        """, new TestWorkspace().Recipe("a").Add("recipes/z.yaml", "recipe: a").Bad());

    [Fact]
    public void A_layer_without_description_and_two_of_one_name_are_told()
    {
        var problems = new TestWorkspace()
            .Add("layers/x/recipes/f.yaml", "feed: f\nsuite: s")
            .Add("layers/y/layer.yaml", "layer: same").Add("layers/z/layer.yaml", "layer: same").Read().Diagnostics;

        Assert.Equal(["Layer `layers/x` has no `layer.yaml`", "Two layers have the name `same`"], problems.Select(problem => problem.Message));
    }

    static TestWorkspace Made(string requires, string core = "") => new TestWorkspace()
        .Recipe("zlib")
        .Add("layers/mine/layer.yaml", $"layer: mine\nversion: 3.1\nrequires: {{ {requires} }}\n")
        .Add("layers/base/layer.yaml", $"layer: base\n{core}")
        .Add("layers/none/layer.yaml", "layer: none\n");

    [Theory]
    [InlineData("imagecraft: \">=0.3 <0.5\"")]
    [InlineData("imagecraft: \"=0.4\", base: \">=2\"")]
    [InlineData("base: \"<=2.10.0\", mine: \">3\"")]
    [InlineData("core: \">=0.4 <1\"")]
    public void A_layer_is_read_where_the_versions_that_it_was_made_for_are(string requires) =>
        Assert.Empty(Made(requires, "version: 2.10\n").Read("0.4.0").Diagnostics);

    [Theory]
    [InlineData("imagecraft: \">=0.5\"", "Layer `mine` is made for Imagecraft >=0.5, this is 0.4.0", "Take a release of the layer that is made for 0.4.0, or widen the range where it works")]
    [InlineData("imagecraft: \">=0.3 <0.4\"", "Layer `mine` is made for Imagecraft >=0.3 <0.4, this is 0.4.0", "Take a release of the layer that is made for 0.4.0, or widen the range where it works")]
    [InlineData("base: \">2.10\"", "Layer `mine` is made for layer `base` >2.10, this is 2.10", "Take a release of the layer that is made for 2.10, or widen the range where it works")]
    [InlineData("core: \">=1\"", "Layer `mine` is made for layer `core` >=1, this is 0.4.0", "Take a release of the layer that is made for 0.4.0, or widen the range where it works")]
    [InlineData("none: \">=1\"", "Layer `mine` is made for layer `none` >=1, which says no version", "Add `version:` to `layers/none/layer.yaml`")]
    [InlineData("bse: \">=1\"", "Unknown layer `bse`, which layer `mine` requires", "Did you mean `base`?")]
    [InlineData("imagecraft: \"0.4\"", "`imagecraft` of `requires` must be a range of versions such as `>=0.1 <0.3`, not `0.4`", null)]
    [InlineData("imagecraft: \">=0.4 0.5\"", "`imagecraft` of `requires` must be a range of versions such as `>=0.1 <0.3`, not `>=0.4 0.5`", null)]
    [InlineData("imagecraft: \">= 0.4\"", "`imagecraft` of `requires` must be a range of versions such as `>=0.1 <0.3`, not `>= 0.4`", null)]
    [InlineData("imagecraft: \">=0.x\"", "`imagecraft` of `requires` must be a range of versions such as `>=0.1 <0.3`, not `>=0.x`", null)]
    public void A_layer_that_was_made_for_other_versions_is_told_where_it_says_so(string requires, string message, string? hint)
    {
        var problem = Assert.Single(Made(requires, "version: 2.10\n").Read("0.4.0").Diagnostics);
        Assert.Equal((message, hint), (problem.Message, problem.Hint));
        Assert.Equal($"layers/mine/layer.yaml:3:{13 + requires.IndexOf('"')}", problem.Span!.ToString());
    }

    [Fact]
    public void The_core_layer_may_have_a_version_of_its_own() =>
        Assert.Empty(Made("core: \">=7\"").Add("layer.yaml", "layer: core\nversion: 7.1\n").Read("0.4.0").Diagnostics);

    [Fact]
    public void Imagecraft_has_the_version_that_its_assemblies_have() =>
        Assert.Equal(ImagecraftVersion.Current, typeof(WorkspaceReader).Assembly.GetName().Version!.ToString(3));

    [Theory]
    [InlineData("1.2", "1.10", -1)]
    [InlineData("1.10.0", "1.10", 0)]
    [InlineData("6.18.1", "6.18", 1)]
    [InlineData("0.4.0-dev", "0.4", 0)]
    [InlineData("2", "10", -1)]
    public void Versions_are_compared_part_by_part(string one, string other, int order)
    {
        Assert.Equal(order, Math.Sign(Versions.Compare(one, other)));
        Assert.Equal(-order, Math.Sign(Versions.Compare(other, one)));
    }

    [Fact]
    public void Origins_name_the_file_that_set_each_final_value()
    {
        var reading = Two("append: busybox\nversion: 1.37.1\nbuild: { fragments: [ extra.config ] }").Read();

        Assert.Equal("""
            recipe = busybox @ recipes/busybox/busybox.yaml:1:9
            version = 1.37.1 @ layers/mine/recipes/busybox/busybox.append.yaml:2:10
            license = GPL-2.0-only @ recipes/busybox/busybox.yaml:3:10
            depends[0] = zlib @ recipes/busybox/busybox.yaml:4:12
            build.system = kconfig @ recipes/busybox/busybox.yaml:6:11
            build.config = defconfig @ recipes/busybox/busybox.yaml:7:11
            build.fragments[0] = busybox.config @ recipes/busybox/busybox.yaml:8:16
            build.fragments[1] = extra.config @ layers/mine/recipes/busybox/busybox.append.yaml:3:23
            build.environment.A = 1 @ recipes/busybox/busybox.yaml:9:21
            """, string.Join('\n', reading.Origins(KindNames.Recipe, "busybox").Select(origin => $"{origin.Path} = {origin.Value} @ {origin.Span}")));
        Assert.Empty(reading.Origins(KindNames.Recipe, "nothing"));
    }
}
