namespace ReproGate.Gates.Packages.Names;

/// <summary>An existing id that somebody may have meant.</summary>
/// <param name="Id">The id, spelt as its source spells it.</param>
/// <param name="Score">How likely it is meant, from 0 to 1; comparable between candidates for the same id only.</param>
/// <param name="Reason">What speaks for it, as a phrase: where the id is known from, and how it differs.</param>
public sealed record NameCandidate(string Id, double Score, string Reason);
