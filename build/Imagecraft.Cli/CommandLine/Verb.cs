// One word of the command line, known by name before anything of it is constructed.

using System.CommandLine;

namespace Imagecraft.Cli.CommandLine;

/// <summary>A verb.</summary>
/// <param name="Name">The word, e.g. <c>image</c>.</param>
/// <param name="Summary">One line for the help.</param>
/// <param name="Build">Adds options, arguments and the action to the verb's command. Called for the chosen verb only, which keeps the start short.</param>
public sealed record Verb(string Name, string Summary, Action<Command, Session> Build)
{
    /// <summary>The command with all it understands.</summary>
    public Command CreateCommand(Session session)
    {
        var command = new Command(Name, Summary);
        Build(command, session);
        return command;
    }
}
