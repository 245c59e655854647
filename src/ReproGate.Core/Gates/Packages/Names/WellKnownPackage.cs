namespace ReproGate.Gates.Packages.Names;

/// <summary>A package id that many public repositories reference.</summary>
/// <param name="Id">As it is mostly written.</param>
/// <param name="Rank">1 for the id that most repositories reference, then upwards; ids of equal frequency follow the alphabet.</param>
/// <param name="Owner">Who publishes below this id's prefix, where that is evident; else empty.</param>
public sealed record WellKnownPackage(string Id, int Rank, string Owner);
