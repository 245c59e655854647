namespace ReproGate.CleanRoom.Comparison;

/// <summary>The task that made an output.</summary>
/// <param name="Project">Path of the project file as the log has it.</param>
/// <param name="Target">Name of the target.</param>
/// <param name="Task">Name of the task: <c>Csc</c>, <c>Pack</c>, <c>WriteLinesToFile</c>, <c>Exec</c> …</param>
/// <param name="Location">Where the task stands; null where the log does not say.</param>
public sealed record ProducedBy(string Project, string Target, string Task, SourceLocation? Location);

/// <summary>Finds the task that made an output in a binary log.</summary>
public static class ProducingTask
{
    /// <summary>Follows copies back to the task that wrote the content.</summary>
    /// <param name="binlogPath">The binary log of the build.</param>
    /// <param name="outputPath">The output's path in the build, or the end of it, with either separator.</param>
    /// <returns>The task; null where the log has none that names the file, or cannot be read.</returns>
    public static ProducedBy? Find(string binlogPath, string outputPath) => BuildRecord.TryRead(binlogPath)?.Producer(outputPath)?.ToProducedBy();
}
