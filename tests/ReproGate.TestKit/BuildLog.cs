using Microsoft.Build.Logging.StructuredLogger;
using Xunit;

namespace ReproGate.TestKit;

/// <summary>What a build really did, read from its binary log.</summary>
public sealed class BuildLog
{
    private readonly ProcessResult _result;

    private BuildLog(ProcessResult result, Build build)
    {
        _result = result;
        Build = build;
    }

    /// <summary>The log itself.</summary>
    public Build Build { get; }

    /// <summary>Names of the targets that ran (not those that were skipped), one entry for each time.</summary>
    public IReadOnlyList<string> Targets => [.. Build.FindChildrenRecursive<Target>().Where(static target => !target.Skipped).Select(static target => target.Name)];

    /// <summary>The tasks that ran.</summary>
    public IReadOnlyList<Microsoft.Build.Logging.StructuredLogger.Task> Tasks => Build.FindChildrenRecursive<Microsoft.Build.Logging.StructuredLogger.Task>();

    /// <summary>The tasks of ReproGate that ran, one entry for each time.</summary>
    public IReadOnlyList<string> GateTasks => [.. Tasks.Where(static task => IsOfGate(task.FromAssembly)).Select(static task => task.Name)];

    /// <summary>Whether a file that defines a task or a target is ReproGate's, by its name: paths hold the names of repositories, too.</summary>
    /// <param name="file">Its path, or an assembly's full name; null for none.</param>
    public static bool IsOfGate(string? file) => Path.GetFileName(file)?.StartsWith("ReproGate.", StringComparison.Ordinal) == true;

    /// <summary>Reads the log of a result.</summary>
    public static BuildLog Read(ProcessResult result) =>
        new(result, BinaryLog.ReadBuild(result.Binlog ?? throw new InvalidOperationException($"No binary log was written by: {result.CommandLine}")));

    /// <summary>The target ran.</summary>
    public BuildLog AssertRan(string target)
    {
        if (!Targets.Contains(target, StringComparer.OrdinalIgnoreCase))
        {
            Assert.Fail($"Expected target {target} to run.\n{_result.Describe()}");
        }

        return this;
    }

    /// <summary>No task of ours ran, so none of our assemblies was loaded: the promise of an up-to-date build.</summary>
    public BuildLog AssertNothingOfOursLoaded()
    {
        if (GateTasks.Count > 0)
        {
            Assert.Fail($"Expected no task of ReproGate to run, but these did: {string.Join(", ", GateTasks)}.\n{_result.Describe()}");
        }

        return this;
    }

    /// <summary>The value a property had in the last evaluation of a project; null where it had none.</summary>
    /// <param name="project">The project's file name.</param>
    /// <param name="property">The property's name.</param>
    public string? Property(string project, string property) => Build.FindChildrenRecursive<ProjectEvaluation>()
        .Where(evaluation => Path.GetFileName(evaluation.ProjectFile) == project)
        .Select(evaluation => evaluation.FindChild<Folder>("Properties")?.FindChildrenRecursive<Property>(found => string.Equals(found.Name, property, StringComparison.OrdinalIgnoreCase)).LastOrDefault()?.Value)
        .LastOrDefault(static value => value is not null);
}
