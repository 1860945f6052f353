// Runs a built-in on content of a real store in a temporary folder.

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Requests;

namespace Imagecraft.BuiltIns.Tests;

internal sealed class TestContext : BuiltInContext, IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("imagecraft-builtins-");
    private readonly List<BuiltInInput> inputs = [];
    private ImmutableSortedDictionary<string, string> parameters = ImmutableSortedDictionary<string, string>.Empty;

    public TestContext()
    {
        Store = new ContentStore(Path.Combine(folder.FullName, "store"));
        Scratch = Directory.CreateDirectory(Path.Combine(folder.FullName, "scratch")).FullName;
    }

    public ConcurrentDictionary<string, OutputValue> Outputs { get; } = new();

    public List<string> Lines { get; } = [];

    public override ContentStore Store { get; }

    public override string Scratch { get; }

    public override ImmutableSortedDictionary<string, string> Parameters => parameters;

    public override ImmutableArray<BuiltInInput> Inputs => [.. inputs];

    public TestContext With(string parameter, string value)
    {
        parameters = parameters.SetItem(parameter, value);
        return this;
    }

    /// <summary>What the next function is told.</summary>
    public TestContext Asking<T>(T request) where T : IRequest
    {
        inputs.RemoveAll(i => i.Name == RequestJson.Input.Path);
        return WithText(RequestJson.Input.Path, RequestJson.Write(request));
    }

    public TestContext WithText(string input, string text)
    {
        inputs.Add(new(input, new(Store.Put(Encoding.UTF8.GetBytes(text)), OutputKind.File)));
        return this;
    }

    public TestContext WithTree(string input, params (string Path, string Text)[] files)
    {
        inputs.Add(new(input, Tree(files)));
        return this;
    }

    public TestContext WithFile(string input, byte[] bytes)
    {
        inputs.Add(new(input, new(Store.Put(bytes), OutputKind.File)));
        return this;
    }

    public TestContext WithBytes(string input, params (string Path, byte[] Bytes)[] files)
    {
        inputs.Add(new(input, new(TreeMerge.Merge(Store, files.Select(f => (f.Path, new OutputValue(Store.Put(f.Bytes), OutputKind.File)))), OutputKind.Tree)));
        return this;
    }

    /// <summary>A tree as an action may have left it: files, and links at any path to anywhere.</summary>
    public TestContext WithLinks(string input, (string Path, string Target)[] links, params (string Path, byte[] Bytes)[] files)
    {
        var root = Directory.CreateDirectory(Path.Combine(folder.FullName, "hostile" + inputs.Count)).FullName;
        foreach (var (path, bytes) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(root + path)!);
            File.WriteAllBytes(root + path, bytes);
        }

        foreach (var (path, target) in links)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(root + path)!);
            File.CreateSymbolicLink(root + path, target);
        }

        inputs.Add(new(input, new(Store.PutTreeAsync(root, move: true, Xunit.TestContext.Current.CancellationToken).GetAwaiter().GetResult(), OutputKind.Tree)));
        return this;
    }

    /// <summary>A tree as an install step may have left it; a path that ends in a slash is a folder.</summary>
    public TestContext WithModes(string input, params (string Path, string Text, string Mode)[] entries)
    {
        var root = Directory.CreateDirectory(Path.Combine(folder.FullName, "modes" + inputs.Count)).FullName;
        foreach (var (path, text, _) in entries)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(root + path)!);
            if (!path.EndsWith('/'))
                File.WriteAllText(root + path, text);
        }

        foreach (var (path, _, mode) in entries)
            File.SetUnixFileMode(root + path, (UnixFileMode)Convert.ToInt32(mode, 8));
        inputs.Add(new(input, new(Store.PutTreeAsync(root, move: true, Xunit.TestContext.Current.CancellationToken).GetAwaiter().GetResult(), OutputKind.Tree)));
        return this;
    }

    /// <summary>What a function of this context gave, as an input of the next.</summary>
    public TestContext WithOutput(string input, string output)
    {
        inputs.Add(new(input, Outputs[output]));
        return this;
    }

    /// <summary>A file of the host with these bytes, which no tree may lead to.</summary>
    public string HostFile(byte[] bytes)
    {
        var path = Path.Combine(folder.FullName, "host" + inputs.Count);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public OutputValue Tree(params (string Path, string Text)[] files) =>
        new(TreeMerge.Merge(Store, files.Select(f => (f.Path, new OutputValue(Store.Put(Encoding.UTF8.GetBytes(f.Text)), OutputKind.File)))), OutputKind.Tree);

    public async Task<TestContext> RunAsync(IBuiltIn function)
    {
        await function.RunAsync(this, Xunit.TestContext.Current.CancellationToken);
        return this;
    }

    public async Task<string> FailureAsync(IBuiltIn function) => (await Assert.ThrowsAsync<ActionFailedException>(() => function.RunAsync(this, Xunit.TestContext.Current.CancellationToken))).Message;

    public string Text(string output) => Encoding.UTF8.GetString(Store.Read(Outputs[output].Digest));

    public string TextOf(string output, string path) => Encoding.UTF8.GetString(Store.Read(TreeWalk.Entries(Store, Outputs[output].Digest).Single(e => e.Path.TrimStart('/') == path).Digest));

    public string[] Paths(string output) => [.. TreeWalk.Entries(Store, Outputs[output].Digest).Where(e => e.Kind != TreeEntryKind.Folder).Select(e => "/" + e.Path)];

    public override Task<string> FileAsync(BuiltInInput input, CancellationToken cancellationToken) => Task.FromResult(Store.FilePath(input.Value.Digest, input.Value.Executable));

    public override StoredTree Tree(BuiltInInput input) => new(Store, input.Value.Digest);

    public override async Task OutputFileAsync(string name, string path, bool executable, CancellationToken cancellationToken) =>
        Outputs[name] = new(await Store.PutFileAsync(path, executable, move: true, cancellationToken), OutputKind.File, executable);

    public override async Task OutputTreeAsync(string name, string path, CancellationToken cancellationToken) =>
        Outputs[name] = new(await Store.PutTreeAsync(path, move: true, cancellationToken), OutputKind.Tree);

    public override void Output(string name, OutputValue value) => Outputs[name] = value;

    public override void Log(string line) => Lines.Add(line);

    public void Dispose()
    {
        Store.Dispose();
        folder.Delete(recursive: true);
    }
}
