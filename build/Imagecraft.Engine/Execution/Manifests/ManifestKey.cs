// Turns a manifest into the key that a REAPI server would compute for it. Unaware of explanations.

using System.Collections.Immutable;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Sandbox;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Manifests;

/// <summary>The REAPI form of a manifest.</summary>
/// <param name="Key">Digest of <see cref="Action"/>.</param>
/// <param name="Action">The message that names command and input root.</param>
/// <param name="Command">What runs.</param>
/// <param name="InputRoot">Digest of the merged <c>Directory</c> of all inputs.</param>
public sealed record ManifestKey(Digest Key, Reapi.Action Action, Reapi.Command Command, Digest InputRoot)
{
    /// <summary>Computes the key of <paramref name="manifest"/>; reads folders of its input trees and stores merged ones.</summary>
    /// <exception cref="ContentMissingException">A folder of an input tree is not in the store.</exception>
    /// <remarks>
    /// Source: Remote Execution API v2, messages <c>Action</c> and <c>Command</c>: environment, properties and outputs sorted, paths without a leading slash, a working folder that the input root has.
    /// The salt is the list of what enters by name alone, in the form of <c>Platform</c>; the platform has what a worker is chosen by, and nothing else.
    /// </remarks>
    public static ManifestKey Of(ActionManifest manifest, IContentStore store)
    {
        var isProcess = manifest.WorkingDirectory.Length > 0;
        var inputRoot = isProcess
            ? TreeMerge.Merge(store, manifest.Inputs.Select(i => (i.MountPath, i.Value)), SandboxEnvironment.Folders.Add(manifest.WorkingDirectory))
            : store.PutDirectory(Numbered(manifest.Inputs));
        var command = new Reapi.Command
        {
            WorkingDirectory = manifest.WorkingDirectory.TrimStart('/'),
            OutputDirectoryFormat = Reapi.Command.Types.OutputDirectoryFormat.TreeAndDirectory,
        };
        command.Arguments.Add(isProcess ? manifest.Arguments : NonProcessArguments(manifest));
        command.EnvironmentVariables.Add(manifest.Environment.OrderBy(e => e.Key, StringComparer.Ordinal)
            .Select(e => new Reapi.Command.Types.EnvironmentVariable { Name = e.Key, Value = e.Value }));
        command.OutputPaths.Add(manifest.Outputs.Select(o => OutputPath(o, manifest.WorkingDirectory)).Distinct().Order(StringComparer.Ordinal));
        if (isProcess)
            command.OutputNodeProperties.Add("unix_mode");
        // Of both messages newer servers look at the action's, older ones at the command's.
        command.Platform = manifest.Platform.IsEmpty ? null : Listed(manifest.Platform);
        var action = new Reapi.Action
        {
            CommandDigest = command.DigestOf().ToReapi(),
            InputRootDigest = inputRoot.ToReapi(),
            Timeout = manifest.TimeLimit?.ToDuration(),
            Salt = Listed(WithKinds(manifest)).ToByteString(),
            Platform = command.Platform,
        };
        return new ManifestKey(action.DigestOf(), action, command, inputRoot);
    }

    /// <summary>The output's path as REAPI has it: relative to the working folder.</summary>
    public static string OutputPath(OutputSpec output, string workingDirectory)
    {
        if (workingDirectory.Length == 0)
            return output.Path.TrimStart('/');
        var relative = Path.GetRelativePath(workingDirectory, output.Path);
        return relative;
    }

    // Names and values one by one, so that no two lists have the same form.
    static Reapi.Platform Listed(ImmutableSortedDictionary<string, string> properties)
    {
        var list = new Reapi.Platform();
        list.Properties.Add(properties.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => new Reapi.Platform.Types.Property { Name = p.Key, Value = p.Value }));
        return list;
    }

    // REAPI's output paths leave open what lies there. The same action with a file in place of a folder is another one, so the folders are named; all others are files.
    static ImmutableSortedDictionary<string, string> WithKinds(ActionManifest manifest)
    {
        var trees = manifest.Outputs.Where(o => o.Kind == OutputKind.Tree).Select(o => OutputPath(o, manifest.WorkingDirectory)).Distinct().Order(StringComparer.Ordinal).ToList();
        return trees.Count == 0 ? manifest.Properties : manifest.Properties.SetItem("imagecraft-output-trees", string.Join('\0', trees));
    }

    // Built-ins get their inputs as a list, so names and order are arguments and the content is numbered.
    static IEnumerable<string> NonProcessArguments(ActionManifest manifest) =>
        manifest.Work.Split(' ').Concat(manifest.Inputs.Select(i => i.MountPath));

    static Reapi.Directory Numbered(ImmutableArray<ManifestInput> inputs)
    {
        var root = new Reapi.Directory();
        for (var i = 0; i < inputs.Length; i++)
        {
            var name = i.ToString("d6", CultureInfo.InvariantCulture);
            var value = inputs[i].Value;
            if (value.Kind == OutputKind.Tree)
                root.Directories.Add(new Reapi.DirectoryNode { Name = name, Digest = value.Digest.ToReapi() });
            else
                root.Files.Add(new Reapi.FileNode { Name = name, Digest = value.Digest.ToReapi(), IsExecutable = value.Executable });
        }

        return root;
    }
}
