using NuGet.Packaging;

namespace ReproGate.TestKit;

/// <summary>The packed ReproGate.Sdk of this test run, as a repository locks it.</summary>
public static class PackedSdk
{
    private static readonly Lazy<string> LazyHash = new(static () =>
    {
        using var reader = new PackageArchiveReader(Path.Combine(TestEnvironment.SdkFeed, $"ReproGate.Sdk.{TestEnvironment.SdkVersion}.nupkg"));
        return reader.GetContentHash(CancellationToken.None);
    });

    /// <summary>Its content hash, computed once per test process.</summary>
    public static string ContentHash => LazyHash.Value;

    /// <summary>A reprogate.lock.json that holds it and nothing else.</summary>
    public static string LockFile => $$"""
        {
          "version": 1,
          "sdks": {
            "ReproGate.Sdk/{{TestEnvironment.SdkVersion}}": { "contentHash": "{{ContentHash}}" }
          }
        }

        """.ReplaceLineEndings("\n");
}
