namespace ReproGate.Assemblies.Configuration;

/// <summary>A type that members are asked of, worked out once for all of them.</summary>
/// <param name="Type">Full name with type arguments.</param>
/// <param name="Definition">Full name without them.</param>
/// <param name="Assembly">Simple name of its assembly.</param>
internal sealed record TypeOwner(string Type, string Definition, string Assembly);
