namespace ReproGate.Gates.Packages.Names;

/// <summary>
/// The ids that one repository gives reason to trust, besides the well-known ones. Leave out the ids that are being judged: an id in
/// <paramref name="Locked"/> is never taken for a lookalike.
/// </summary>
/// <param name="Declared">Ids that projects, central versions, tool manifests and the like name.</param>
/// <param name="Locked">Ids of the committed lock files, transitive ones included.</param>
/// <param name="PackagesFolder">Ids found in the packages folders of this machine. They exist; nothing more is known of them.</param>
public sealed record KnownNames(IReadOnlyCollection<string> Declared, IReadOnlyCollection<string> Locked, IReadOnlyCollection<string> PackagesFolder)
{
    /// <summary>Ids of .NET tools that manifests declare: no project can reference these, and no manifest what projects reference.</summary>
    public IReadOnlyCollection<string> Tools { get; init; } = [];

    /// <summary>Nothing but the well-known ids.</summary>
    public static KnownNames None { get; } = new([], [], []);
}
