// Registration of the verbs, and nothing else.

using Imagecraft.Cli;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Verbs;

return await Dispatcher.RunAsync(
    [
        TestVerb.Verb,
        ShowVerb.Verb,
        ListVerb.Verb,
        SchemaVerb.Verb,
        DoctorVerb.Verb,
        CleanVerb.Verb,
    ],
    args,
    Session.OfProcess()).ConfigureAwait(false);
