// Registration of the verbs, and nothing else.

using Imagecraft.Cli;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Verbs;

return await Dispatcher.RunAsync(
    [
        ImageVerb.Verb,
        BuildVerb.Verb,
        ModelVerb.Verb,
        RunVerb.Verb,
        CheckVerb.Verb,
        MachineVerb.Verb,
        TestVerb.Verb,
        FetchVerb.Verb,
        LockVerb.Verb,
        PlanVerb.Verb,
        WhyVerb.Verb,
        ShellVerb.Verb,
        LogVerb.Verb,
        EditVerb.Verb,
        MenuconfigVerb.Verb,
        SavedefconfigVerb.Verb,
        DeployVerb.Verb,
        ShowVerb.Verb,
        ListVerb.Verb,
        SizeVerb.Verb,
        FindVerb.Verb,
        WhyInImageVerb.Verb,
        GraphVerb.Verb,
        CompareVerb.Verb,
        ReportVerb.Verb,
        ValidateVerb.Verb,
        NewVerb.Verb,
        ImportVerb.Verb,
        UpdateVerb.Verb,
        SchemaVerb.Verb,
        CompletionVerb.Verb,
        CacheVerb.Verb,
        DoctorVerb.Verb,
        CleanVerb.Verb,
    ],
    args,
    Session.OfProcess()).ConfigureAwait(false);
