using ReproGate.TestKit;

namespace ReproGate.Bench;

/// <summary>A solution that is built again and again, with or without the gate.</summary>
internal abstract class Subject : IDisposable
{
    /// <summary>Its name in the table: a number of generated projects, or a repository's name and commit.</summary>
    public abstract string Name { get; }

    /// <summary>How many projects it has.</summary>
    public abstract int Projects { get; }

    /// <summary>The scenarios that can be measured on it.</summary>
    public abstract bool Knows(Scenario scenario);

    /// <summary>Runs a dotnet command on the solution, without a binary log: writing one costs more than what is measured.</summary>
    public abstract ProcessResult Run(string command);

    /// <summary>Builds with a binary log.</summary>
    public abstract BuildLog Logged();

    /// <summary>Deletes every built and intermediate file; packages stay.</summary>
    public abstract void Clean();

    /// <summary>Changes one source file that other projects depend on.</summary>
    public abstract void Change();

    /// <inheritdoc />
    public abstract void Dispose();
}
