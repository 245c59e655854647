using Microsoft.CodeAnalysis;

namespace ReproGate.Analyzers;

/// <summary>The rules as Roslyn wants them. A test compares them with the catalogue, which the build has them from.</summary>
public static class Descriptors
{
    /// <summary>RGATE3001.</summary>
    public static readonly DiagnosticDescriptor KeyNotDeclared = new(
        "RGATE3001", "A configuration key is read and not declared", "{0}", "ReproGate.Configuration", DiagnosticSeverity.Error, isEnabledByDefault: true);

    /// <summary>RGATE2001.</summary>
    public static readonly DiagnosticDescriptor TransitivePackageUsed = new(
        "RGATE2001", "Code uses a package it gets only transitively", "{0}", "ReproGate.Packages", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
