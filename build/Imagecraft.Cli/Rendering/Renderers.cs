// Chooses who shows a build, and passes every event to all of them. Unaware of builds.

using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Events;

namespace Imagecraft.Cli.Rendering;

/// <summary>All consumers of one build's events.</summary>
public sealed class Renderers : IBuildRenderer
{
    private readonly List<IBuildRenderer> _own = [];
    private readonly IReadOnlyList<IBuildRenderer> _observers;

    private Renderers(IReadOnlyList<IBuildRenderer> observers) => _observers = observers;

    /// <summary>Live on a terminal, plain lines elsewhere, NDJSON when asked for, and <paramref name="observers"/>, which stay the caller's.</summary>
    public static Renderers For(Session session, BuildRequest request, IReadOnlyList<IBuildRenderer> observers)
    {
        var renderers = new Renderers(observers);
        var text = new BuildText(request.Words);
        renderers._own.Add(session.Console.IsInteractive ? LiveRenderer.On(session.Console, text) : new PlainRenderer(session.Console.Out, text, TimeProvider.System));
        if (request.Events is { } file)
            renderers._own.Add(new NdjsonWriter(Create(file)));
        return renderers;
    }

    private static FileStream Create(string file)
    {
        try
        {
            return File.Create(file);
        }
        catch (Exception problem) when (problem is DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw ProblemException.User($"The file `{file}` of `--events` cannot be written: {(problem is DirectoryNotFoundException ? "its folder does not exist" : Directory.Exists(file) ? "it is a folder" : "you may not write there")}", "Name a file in a folder that exists and is yours");
        }
    }

    /// <inheritdoc/>
    public void Handle(BuildEvent buildEvent)
    {
        foreach (var renderer in _own)
            renderer.Handle(renderer is NdjsonWriter ? buildEvent : VisibleEvent.Of(buildEvent));
        foreach (var observer in _observers)
            observer.Handle(buildEvent);
    }

    /// <summary>Ends what is drawn; once more does nothing, so that a program may have the terminal before the end.</summary>
    public void Dispose()
    {
        foreach (var renderer in _own)
            renderer.Dispose();
        _own.Clear();
    }
}
