using System.Globalization;
using System.Text.RegularExpressions;
using ReproGate.TestKit;

namespace ReproGate.Bench;

/// <summary>A solution that is built again and again, with or without the gate.</summary>
internal abstract partial class Subject : IDisposable
{
    /// <summary>Its name in the table: a number of generated projects, or a repository's name and commit.</summary>
    public abstract string Name { get; }

    /// <summary>How many projects it has.</summary>
    public abstract int Projects { get; }

    /// <summary>Where it lies, and the environment of its builds.</summary>
    protected abstract TestRepository Repository { get; }

    /// <summary>What follows the command: the solution, and further arguments.</summary>
    protected abstract string[] Arguments { get; }

    /// <summary>The scenarios that can be measured on it.</summary>
    public abstract bool Knows(Scenario scenario);

    /// <summary>Runs a dotnet command on the solution, without a binary log: writing one costs more than what is measured.</summary>
    public ProcessResult Run(string command) => Repository.Run("dotnet", [command, .. Arguments]);

    /// <summary>Runs a dotnet command on one processor and in one node, and says what processor time all its processes took.</summary>
    /// <param name="command">The dotnet command.</param>
    /// <param name="processor">The number of the processor, from 0.</param>
    /// <exception cref="InvalidOperationException">The command fails.</exception>
    public TimeSpan RunOn(string command, int processor)
    {
        // The shell's account has the time of whatever it waited for; in one node, nothing of a build outlives the process that it waits for.
        ProcessResult result = Repository.Run("bash", ["-c", "taskset -pc $0 $$ >/dev/null && dotnet \"$@\" && times", $"{processor}", command, .. Arguments, "-maxcpucount:1"]);
        Match times = ChildrensTimes().Match(result.Output.TrimEnd());
        return result.ExitCode == 0 && times.Success
            ? Time(times.Groups["user"].Value) + Time(times.Groups["system"].Value)
            : throw new InvalidOperationException(result.ToString());

        static TimeSpan Time(string minutesAndSeconds) => minutesAndSeconds.TrimEnd('s').Split('m') is [var minutes, var seconds]
            ? TimeSpan.FromMinutes(int.Parse(minutes, CultureInfo.InvariantCulture)) + TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture))
            : throw new FormatException(minutesAndSeconds);
    }

    /// <summary>Builds with a binary log.</summary>
    /// <param name="further">Further arguments.</param>
    public abstract BuildLog Logged(params string[] further);

    /// <summary>Deletes every built and intermediate file; packages stay.</summary>
    public abstract void Clean();

    /// <summary>Changes one source file that other projects depend on.</summary>
    public abstract void Change();

    /// <inheritdoc />
    public abstract void Dispose();

    /// <summary>The last line of the shell's <c>times</c>: user and system time of its children.</summary>
    [GeneratedRegex(@"(?<user>\d+m[\d.]+s) (?<system>\d+m[\d.]+s)\z")]
    private static partial Regex ChildrensTimes();
}
