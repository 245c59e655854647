using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Tool;

/// <summary>Runs the built <c>reprogate</c> as a process of its own.</summary>
internal static class Tool
{
    /// <summary>The tool: bin/&lt;configuration&gt;/net10.0, as this assembly's own.</summary>
    public static string Assembly { get; } = Path.Combine(
        TestEnvironment.SourceRoot,
        "src",
        "ReproGate.Cli",
        "bin",
        Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))!),
        "net10.0",
        "reprogate.dll");

    /// <summary>Runs a command in the repository's root.</summary>
    public static ProcessResult Reprogate(this TestRepository repository, params string[] arguments) => repository.Run("dotnet", [Assembly, .. arguments]);

    /// <summary>Runs a command in the repository's root with a text as standard input.</summary>
    public static ProcessResult ReprogateWithInput(this TestRepository repository, string input, params string[] arguments)
    {
        string file = Path.Combine(Path.GetDirectoryName(repository.Root)!, "input.txt");
        File.WriteAllText(file, input);
        return repository.Run("/bin/sh", ["-c", "file=$1; shift; exec dotnet \"$@\" < \"$file\"", "sh", file, Assembly, .. arguments]);
    }
}
