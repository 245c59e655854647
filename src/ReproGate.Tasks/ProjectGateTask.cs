using System.Collections.Immutable;

namespace ReproGate.Tasks;

/// <summary>A gate's task that judges each target framework of a project by itself, and so has to know them all.</summary>
public abstract class ProjectGateTask : GateTask
{
    /// <summary><c>TargetFrameworks</c> of the project; empty where it has one framework.</summary>
    public string TargetFrameworks { get; set; } = "";

    /// <inheritdoc />
    protected internal sealed override IReadOnlyCollection<string> AllTargetFrameworks => Split(TargetFrameworks.Length > 0 ? TargetFrameworks : TargetFramework);

    /// <summary>The parts of a semicolon-separated list, each once.</summary>
    private protected static ImmutableArray<string> Split(string list) => [.. list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];
}
