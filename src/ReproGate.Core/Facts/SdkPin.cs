using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>How ReproGate's own SDK is declared, and which version runs.</summary>
/// <param name="Running">The version of the package that runs, from its nuspec; empty where it is unknown.</param>
/// <param name="Declarations">Every declaration of the repository that carries a version.</param>
public sealed record SdkPin(string Running, ImmutableArray<SdkDeclaration> Declarations)
{
    /// <summary>The package's name.</summary>
    public const string PackageId = "ReproGate.Sdk";

    /// <summary>Gathers the declarations of the files and of global.json.</summary>
    public static SdkPin Of(string running, RepositoryFiles files, IEnumerable<DeclaredVersion> globalJsonSdks) => new(
        running,
        [
            .. globalJsonSdks.Where(static sdk => sdk.Id.Equals(PackageId, StringComparison.OrdinalIgnoreCase)).Select(static sdk => new SdkDeclaration(sdk.Id, sdk.Version, sdk.Span.Start)),
            .. SdkDeclaration.Of(files).Where(static sdk => sdk.Name.Equals(PackageId, StringComparison.OrdinalIgnoreCase) && sdk.Version.Length > 0),
        ]);
}
