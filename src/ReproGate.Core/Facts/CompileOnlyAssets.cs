namespace ReproGate.Facts;

/// <summary>
/// Whether a project compiles against a package and is not given its assemblies at run time, as where what brings the package says <c>ExcludeAssets="runtime"</c>:
/// NuGet then writes <c>_._</c> in place of the files that it withholds into project.assets.json.
/// </summary>
public static class CompileOnlyAssets
{
    /// <summary>The file that stands for an empty folder.</summary>
    private const string Placeholder = "/_._";

    /// <summary>Whether assemblies are withheld.</summary>
    /// <param name="compile">The package's files for the compiler, as the graph names them.</param>
    /// <param name="runtime">Its files at run time.</param>
    /// <param name="listed">Every file of the package: a folder may be empty by itself, and then nothing is withheld.</param>
    public static bool Are(IEnumerable<string> compile, IReadOnlyCollection<string> runtime, IEnumerable<string> listed)
    {
        if (runtime.Count == 0 || !runtime.All(static file => file.EndsWith(Placeholder, StringComparison.Ordinal)) || !compile.Any(IsAssembly))
        {
            return false;
        }

        string[] folders = [.. runtime.Select(static file => file.Substring(0, file.Length - Placeholder.Length + 1))];
        return listed.Any(file => IsAssembly(file) && folders.Any(folder => file.StartsWith(folder, StringComparison.OrdinalIgnoreCase) && file.IndexOf('/', folder.Length) < 0));
    }

    private static bool IsAssembly(string file) => file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
}
