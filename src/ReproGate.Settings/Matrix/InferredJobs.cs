using System.Text.RegularExpressions;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;
using ReproGate.Settings.Sources;

namespace ReproGate.Settings.Matrix;

/// <summary>Jobs of GitHub Actions that run an application: by <c>dotnet run</c> of its project or by its assembly.</summary>
internal static partial class InferredJobs
{
    private const int MaxWorkflows = 100;
    private const int MaxSteps = 500;
    private static readonly SourceLocation Nowhere = new("");

    /// <summary>The jobs that certainly run the application, each an environment of its own.</summary>
    /// <param name="tree">The repository.</param>
    /// <param name="notes">Takes the jobs that may.</param>
    public static IEnumerable<InferredRun> Find(RepositoryTree tree, List<string> notes)
    {
        var found = new List<InferredRun>();
        foreach (string workflow in tree.YamlIn(Path.Combine(tree.Files.Root, ".github", "workflows")).Take(MaxWorkflows))
        {
            foreach (IGrouping<string, (string Job, MappingNode Step)> job in Steps(tree, workflow).GroupBy(static step => step.Job))
            {
                Certainty certainty = job.Max(one => Runs(tree, one.Step));
                var source = new MatrixSource("github", [tree.Files.Relative(workflow)], job.Key, Nowhere);
                string text = $"\"{MatrixWriter.Text(source)}\"";
                var faults = new FaultList();
                RuntimeSource variables = GitHubWorkflow.Read(tree.Files, workflow, job.Key, faults, Nowhere);
                if (certainty == Certainty.Runs && faults.Count == 0 && MatrixInit.IsName(job.Key))
                {
                    if (DotNetName(variables) is { } name)
                    {
                        found.Add(new InferredRun($"ci-{job.Key.ToLowerInvariant()}", name, NetworkKind.Host, [source]));
                    }
                    else
                    {
                        notes.Add($"the job {job.Key} of {source.Files[0]} runs it, in an environment whose name is put in; add the environment, and {text} to it");
                    }
                }
                else if (certainty != Certainty.No)
                {
                    notes.Add($"the job {job.Key} of {source.Files[0]} runs it with the variables of a launch profile; where that is an environment of its own, add it, with {text} and \"launchSettings\"");
                }
                else if (variables.Groups.SelectMany(static group => group.Variables).FirstOrDefault(static variable => variable.Key.Contains("__", StringComparison.Ordinal)) is { } setting)
                {
                    notes.Add($"the job {job.Key} of {source.Files[0]} sets {FaultList.Shown(setting.Key)}; if it is this application that reads it there, add {text}");
                }
            }
        }

        return found;
    }

    /// <summary>The steps of a workflow with the names of their jobs; none of a file that is no workflow.</summary>
    /// <param name="tree">The repository.</param>
    /// <param name="workflow">Absolute path.</param>
    public static IEnumerable<(string Job, MappingNode Step)> Steps(RepositoryTree tree, string workflow)
    {
        IReadOnlyList<KeyValuePair<ScalarNode, SettingsNode>> jobs = (tree.Files.Yaml(workflow, Path.GetDirectoryName(workflow)!, tree.Faults).FirstOrDefault() as MappingNode)?.Mapping("jobs")?.Entries ?? [];
        return jobs.SelectMany(static job => (job.Value as MappingNode)?.Mappings("steps") ?? [], static (job, step) => (job.Key.Text, step)).Take(MaxSteps);
    }

    /// <summary>The commands of a step, a line each, continued lines joined.</summary>
    public static IEnumerable<string> Commands(MappingNode step) =>
        Continued().Replace(step.Text("run"), " ").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(static line => line[0] != '#');

    /// <summary>The .NET environment that a source's variables name; null where one names it by something that is not known.</summary>
    public static string? DotNetName(RuntimeSource source)
    {
        string found = "Production";
        // A web host's variable beats the general one.
        foreach (string name in (string[])["DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT"])
        {
            if (source.Groups.SelectMany(static group => group.Variables).LastOrDefault(variable => variable.Key == name) is { } variable)
            {
                if (variable is not { ValueIsKnown: true, Value: { } value } || !MatrixInit.IsName(value))
                {
                    return null;
                }

                found = value;
            }
        }

        return found;
    }

    private static Certainty Runs(RepositoryTree tree, MappingNode step)
    {
        string folder = SettingsFiles.Combine(tree.Files.Root, step.Text("working-directory") is { Length: > 0 } given ? given : ".") ?? tree.Files.Root;
        var certainty = Certainty.No;
        foreach (string command in Commands(step))
        {
            if (DotnetRun().Match(command) is { Success: true } run)
            {
                string named = ProjectOption().Match(command) is { Success: true } option ? option.Groups[1].Value.Trim('"', '\'') : ".";
                if (SettingsFiles.Combine(folder, named) is { } path && (RepositoryTree.IsSame(path, tree.ProjectPath) || RepositoryTree.IsSame(Path.TrimEndingDirectorySeparator(path), tree.ProjectDirectory)))
                {
                    bool profile = !command.Contains("--no-launch-profile", StringComparison.Ordinal) && tree.Files.FileExists(Path.Combine(tree.ProjectDirectory, "Properties", "launchSettings.json"));
                    certainty = profile ? certainty : Certainty.Runs;
                    certainty = certainty == Certainty.No ? Certainty.RunsWithProfile : certainty;
                }
            }
            else if (DotnetAssembly().Match(command) is { Success: true } assembly && Path.GetFileName(assembly.Groups[1].Value.Replace('\\', '/')) == $"{Path.GetFileNameWithoutExtension(tree.ProjectPath)}.dll")
            {
                certainty = Certainty.Runs;
            }
        }

        return certainty;
    }

    private enum Certainty
    {
        No,
        RunsWithProfile,
        Runs,
    }

    [GeneratedRegex(@"(?:\\|`)\r?\n", RegexOptions.CultureInvariant)]
    private static partial Regex Continued();

    [GeneratedRegex(@"(?:^|[\s;&|(])dotnet\s+(?:watch\s+)?run\b", RegexOptions.CultureInvariant)]
    private static partial Regex DotnetRun();

    [GeneratedRegex(@"\s(?:--project|-p)[\s=](""[^""]+""|'[^']+'|\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex ProjectOption();

    [GeneratedRegex(@"(?:^|[\s;&|(])dotnet\s+(?:exec\s+)?[""']?([^\s""']+\.dll)\b", RegexOptions.CultureInvariant)]
    private static partial Regex DotnetAssembly();
}
