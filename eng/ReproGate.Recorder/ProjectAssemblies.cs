using System.Text.Json;
using ReproGate.Assemblies.Configuration;
using ReproGate.Facts.Configuration;
using ReproGate.Facts.Configuration.Code;
using ReproGate.Linking.Configuration;

namespace ReproGate.Recorder;

/// <summary>The code of a built executable, with that of the projects it references.</summary>
internal static class ProjectAssemblies
{
    /// <summary>Reads and links it.</summary>
    /// <param name="assembly">Absolute path of the executable's assembly, with its dependencies file and PDB beside it.</param>
    /// <exception cref="IOException">A file is not there or cannot be read.</exception>
    public static ExecutableConfiguration Link(string assembly) =>
        ConfigurationLinker.Link(new LinkedAssembly(CodeFactsReader.Read(assembly)), Of(assembly).Select(static path => new LinkedAssembly(CodeFactsReader.Read(path))));

    // The dependencies file tells a project's assembly from a package's.
    private static IEnumerable<string> Of(string assembly)
    {
        string folder = Path.GetDirectoryName(assembly)!;
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(Path.ChangeExtension(assembly, ".deps.json")));
        return
        [
            .. from library in file.RootElement.GetProperty("libraries").EnumerateObject()
               where library.Value.GetProperty("type").ValueEquals("project")
               let path = Path.Combine(folder, $"{library.Name[..library.Name.IndexOf('/', StringComparison.Ordinal)]}.dll")
               where File.Exists(path) && path != assembly
               select path,
        ];
    }
}
