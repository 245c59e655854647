namespace ReproGate.Repository;

/// <summary>Reads the versions of MSBuild SDKs in global.json.</summary>
public static class GlobalJsonReader
{
    /// <summary>Reads <c>msbuild-sdks</c>.</summary>
    /// <param name="path">Absolute path of global.json; one that does not exist declares nothing.</param>
    public static JsonVersions ReadSdks(string path) => JsonVersions.Read(path, "msbuild-sdks", member: null);
}
