// Registration of the verbs, and nothing else.

using Imagecraft.Cli;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Verbs;
using Imagecraft.Cli.Verbs.OfSdk;

var session = Session.OfProcess();
return await Dispatcher.RunAsync(
    session.Sdk is { } sdk ? SdkVerbs.Of(sdk) :
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
        DebugVerb.Verb,
        CoreVerb.Verb,
        PerfVerb.Verb,
        TraceVerb.Verb,
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
        SdkVerb.Verb,
        PublishToolVerb.Verb,
        CompletionVerb.Verb,
        CacheVerb.Verb,
        DoctorVerb.Verb,
        CleanVerb.Verb,
    ],
    args,
    session).ConfigureAwait(false);
