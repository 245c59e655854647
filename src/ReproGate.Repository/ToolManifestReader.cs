namespace ReproGate.Repository;

/// <summary>Reads the versions of local tools in a tool manifest.</summary>
public static class ToolManifestReader
{
    /// <summary>Where the .NET SDK looks for a manifest in a folder.</summary>
    public static IReadOnlyList<string> Names { get; } = [Path.Combine(".config", "dotnet-tools.json"), "dotnet-tools.json"];

    /// <summary>Reads <c>tools</c>.</summary>
    /// <param name="path">Absolute path of the manifest; one that does not exist declares nothing.</param>
    public static JsonVersions Read(string path) => JsonVersions.Read(path, "tools", "version");
}
