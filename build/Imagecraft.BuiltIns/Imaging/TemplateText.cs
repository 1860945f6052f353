// Renders Scriban templates of an image with the documented variables; an undefined one is an error.

using System.Buffers;
using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Requests.Imaging;
using Scriban.Runtime;
using Scriban.Syntax;
using Scriban;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary>The variables: <c>image</c>, <c>board</c>, <c>hostname</c>, <c>console</c>, <c>triplet</c>, <c>packages</c> (names), <c>users</c> (names), <c>services</c> (<c>name</c>, <c>run</c>, <c>program</c>, <c>arguments</c>, <c>kind</c>, <c>after</c>, <c>user</c>, <c>restarts</c>, <c>environment</c>), <c>devices</c> (<c>pattern</c>, <c>kernel</c>, <c>owner</c>, <c>group</c>, <c>mode</c>).</summary>
internal sealed class TemplateText(MakeRootFsRequest plan)
{
    /// <summary>Renders <paramref name="text"/>; <paramref name="path"/> is for messages.</summary>
    /// <exception cref="ActionFailedException">The template is malformed or names an undefined variable; the message has the position.</exception>
    public string Render(string text, string path, ServicePlan? service = null, string? build = null)
    {
        var template = Template.Parse(text, path);
        if (template.HasErrors)
            throw new ActionFailedException($"The template is malformed: {string.Join("; ", template.Messages)}");
        var context = new TemplateContext { StrictVariables = true, EnableRelaxedMemberAccess = false, NewLine = "\n" };
        var variables = Variables();
        if (service is not null)
            variables["service"] = Service(service);
        if (build is not null)
            variables["build"] = build;
        context.PushGlobal(variables);
        try
        {
            return template.Render(context);
        }
        catch (ScriptRuntimeException problem)
        {
            throw new ActionFailedException($"The template fails: {problem.Message}; known variables are [{string.Join(", ", variables.Keys)}]", problem);
        }
    }

    private ScriptObject Variables() => new()
    {
        ["image"] = plan.Image,
        ["board"] = plan.Board,
        ["version"] = plan.Version,
        ["hostname"] = plan.Hostname,
        ["console"] = plan.Console,
        ["triplet"] = plan.Triplet,
        ["packages"] = plan.Packages.Select(p => p.Name).ToArray(),
        ["users"] = plan.Users.Select(u => u.Name).ToArray(),
        ["services"] = plan.Services.Select(Service).ToArray(),
        ["devices"] = plan.Devices.Select(d => new ScriptObject { ["pattern"] = Pattern(d.Path), ["kernel"] = d.Path[(d.Path.LastIndexOf('/') + 1)..], ["owner"] = d.Owner ?? "root", ["group"] = d.Group ?? "root", ["mode"] = d.Mode ?? "0660" }).ToArray(),
    };

    private static ScriptObject Service(ServicePlan service)
    {
        var space = service.Run.IndexOf(' ', StringComparison.Ordinal);
        return new()
        {
            ["name"] = service.Name,
            ["run"] = service.Run,
            ["program"] = space < 0 ? service.Run : service.Run[..space],
            ["arguments"] = space < 0 ? "" : service.Run[(space + 1)..],
            ["kind"] = service.Kind,
            ["after"] = (service.After ?? []).ToArray(),
            ["user"] = service.User ?? "root",
            ["restarts"] = service.Restarts,
            ["environment"] = (service.Environment ?? ImmutableSortedDictionary<string, string>.Empty).Select(v => new ScriptObject { ["name"] = v.Key, ["value"] = Quoted(v.Value) }).ToArray(),
            ["is_program"] = IsProgram(service.Run),
        };
    }

    /// <summary>Text as one word of a shell.</summary>
    private static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>Whether it is nothing but a program with plain arguments, which the shell can make room for.</summary>
    private static bool IsProgram(string run) => run.StartsWith('/') && run.AsSpan().IndexOfAnyExcept(PlainCharacters) < 0;

    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 /.,:=@%+_-");

    /// <summary>A glob below <c>/dev</c> as the regular expression that mdev takes.</summary>
    private static string Pattern(string glob) => (glob.StartsWith("/dev/", StringComparison.Ordinal) ? glob["/dev/".Length..] : glob).Replace("*", ".*", StringComparison.Ordinal);
}
