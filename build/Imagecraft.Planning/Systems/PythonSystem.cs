// Python distributions: a wheel is built without network, laid down where Debian's Python looks, and compiled to bytecode that depends on its sources alone.

using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

internal static class PythonSystem
{
    private const string Installer = "/imagecraft/install-python";

    public static OutputRef Plan(BuildJob job, BuildSpec.Python build)
    {
        var variables = job.Variables;
        var architecture = job.Target.Architecture;
        var environment = variables.Values.SetItems(new Dictionary<string, string>
        {
            ["DEB_PYTHON_INSTALL_LAYOUT"] = "deb_system",
            ["PYTHONHASHSEED"] = "0",
            ["PIP_NO_INDEX"] = "1",
        });
        return job.Build(
            new Steps().Then("cd", job.SourceFolder).ThenText("before", job.Before)
                .Then(["/bin/bash", Installer, job.SourceFolder, BuildJob.Destination, architecture.Triplet, $"linux-{architecture.Cpu}", .. variables.Expand(build.Settings)]),
            [
                .. job.Inputs(),
                job.ToolRoots.Plan(BuildSpec.Python.LanguageTools, job.Recipe.Name.Span).At("/", "Python and its build backends"),
                new(Installer, new InputSource.Inline(EmbeddedText.Read("install-python"), Executable: true), "the script that builds and installs distributions"),
            ],
            environment: environment);
    }
}
