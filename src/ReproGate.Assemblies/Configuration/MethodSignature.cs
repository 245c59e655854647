using System.Collections.Immutable;

namespace ReproGate.Assemblies.Configuration;

/// <summary>What a method takes and gives back; many methods share one.</summary>
/// <param name="Parameters">Types of the parameters, <c>this</c> not among them.</param>
/// <param name="Returns">Type of the result.</param>
/// <param name="IsStatic">Whether it has no <c>this</c>.</param>
internal sealed record MethodSignature(ImmutableArray<string> Parameters, string Returns, bool IsStatic);
