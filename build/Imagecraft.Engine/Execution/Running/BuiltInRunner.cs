// Runs a built-in function: gives it its inputs as paths and takes its outputs into the store. Unaware of what functions do.

using System.Collections.Concurrent;
using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Running;

sealed class BuiltInRunner(ContentStore store, IBuiltIn function)
{
    const long KeptBytes = 1L << 30;

    public async Task<RunResult> RunAsync(RunContext context, ActionWork.BuiltIn work, string folder, string log, CancellationToken cancellationToken)
    {
        using var logger = new Logger(log);
        var world = new World(store, work, context, folder, logger);
        try
        {
            await function.RunAsync(world, cancellationToken);
        }
        finally
        {
            GiveMemoryBack();
        }

        return new RunResult.Succeeded(world.Outputs.ToImmutableSortedDictionary(StringComparer.Ordinal), 0);
    }

    // The collector keeps what a network took, for the next one; meanwhile compilers may need it.
    static void GiveMemoryBack()
    {
        if (Environment.WorkingSet > KeptBytes)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    sealed class World(ContentStore store, ActionWork.BuiltIn work, RunContext context, string scratch, Logger logger) : BuiltInContext
    {
        public ConcurrentDictionary<string, OutputValue> Outputs { get; } = new();

        public override ImmutableSortedDictionary<string, string> Parameters => work.Parameters;

        public override ImmutableArray<BuiltInInput> Inputs { get; } = [.. context.Manifest.Inputs.Select(i => new BuiltInInput(i.MountPath, i.Value))];

        public override string Scratch => scratch;

        public override IContentStore Store => store;

        public override Task<string> FileAsync(BuiltInInput input, CancellationToken cancellationToken) => input.Value.Kind == OutputKind.File
            ? Task.FromResult(store.FilePath(input.Value.Digest, input.Value.Executable))
            : throw new InvalidOperationException($"Input `{input.Name}` of `{context.Action.Id}` is a tree, not a file");

        public override StoredTree Tree(BuiltInInput input) => input.Value.Kind == OutputKind.Tree
            ? new StoredTree(store, input.Value.Digest)
            : throw new InvalidOperationException($"Input `{input.Name}` of `{context.Action.Id}` is a file, not a tree");

        public override async Task OutputFileAsync(string name, string path, bool executable, CancellationToken cancellationToken) =>
            Output(name, new OutputValue(await store.PutFileAsync(path, executable, IsOurs(path), cancellationToken), OutputKind.File, executable));

        public override async Task OutputTreeAsync(string name, string path, CancellationToken cancellationToken) =>
            Output(name, new OutputValue(await store.PutTreeAsync(path, IsOurs(path), cancellationToken), OutputKind.Tree));

        public override void Output(string name, OutputValue value)
        {
            if (!context.Action.Outputs.Any(o => o.Name == name))
                throw new InvalidOperationException($"`{context.Action.Id}` has no output `{name}`, only [{string.Join(", ", context.Action.Outputs.Select(o => o.Name))}]");
            Outputs[name] = value;
        }

        public override void Log(string line) => logger.Write(line);

        bool IsOurs(string path) => Path.GetFullPath(path).StartsWith(scratch + "/", StringComparison.Ordinal);
    }

    // The file comes into being with the first line: most functions say nothing.
    sealed class Logger(string path) : IDisposable
    {
        readonly Lock gate = new();
        StreamWriter? writer;

        public void Write(string line)
        {
            lock (gate)
            {
                writer ??= new StreamWriter(path) { AutoFlush = true };
                writer.WriteLine(line);
            }
        }

        public void Dispose() => writer?.Dispose();
    }
}
