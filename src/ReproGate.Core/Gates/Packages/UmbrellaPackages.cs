using System.Collections.Frozen;
using ReproGate.Facts;

namespace ReproGate.Gates.Packages;

/// <summary>Packages whose purpose is to bring others: declaring the umbrella declares them.</summary>
internal static class UmbrellaPackages
{
    // Umbrellas that have assemblies of their own, or whose parts depend on further parts; each with the ids it stands for
    // (a trailing dot means every id with that prefix). Only packages whose documentation tells to install the umbrella alone.
    private static readonly FrozenDictionary<string, string[]> Known = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase)
    {
        ["xunit"] = ["xunit."],
        ["xunit.core"] = ["xunit."],
        ["xunit.v3"] = ["xunit."],
        ["xunit.v3.core"] = ["xunit."],
        ["xunit.v3.mtp-v1"] = ["xunit."],
        ["xunit.v3.mtp-v2"] = ["xunit."],
        ["MSTest"] = ["MSTest.", "Microsoft.Testing."],
        ["MSTest.TestFramework"] = ["MSTest."],
        ["TUnit"] = ["TUnit."],
        ["NUnit"] = ["NUnit."],
        ["Microsoft.EntityFrameworkCore"] = ["Microsoft.EntityFrameworkCore.Abstractions"],
        ["MassTransit"] = ["MassTransit.Abstractions"],
        ["BenchmarkDotNet"] = ["BenchmarkDotNet.Annotations"],
        ["Microsoft.CodeAnalysis.CSharp"] = ["Microsoft.CodeAnalysis.Common"],
        ["Microsoft.CodeAnalysis.VisualBasic"] = ["Microsoft.CodeAnalysis.Common"],
        ["Grpc.AspNetCore"] = ["Grpc.", "Google.Protobuf"],
        ["Microsoft.AspNetCore.Components.WebAssembly"] = ["Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Components.", "Microsoft.JSInterop", "Microsoft.JSInterop."],
        ["Microsoft.AspNetCore.Components.Web"] = ["Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Components.", "Microsoft.JSInterop"],
        ["Avalonia"] = ["Avalonia."],
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether something the project declares stands for a package that it does not declare.</summary>
    public static bool Cover(AssemblyDependencies project, string id) => project.Packages.Any(package => Covers(project, package.Id, id, 0));

    private static bool Covers(AssemblyDependencies project, string umbrella, string id, int depth)
    {
        if (project.Find(umbrella) is not { IsPackage: true } node || depth > 16)
        {
            return false;
        }

        if (Known.TryGetValue(umbrella, out string[]? children)
            && children.Any(child => child.EndsWith('.') ? id.StartsWith(child, StringComparison.OrdinalIgnoreCase) : id.Equals(child, StringComparison.OrdinalIgnoreCase))
            && project.ClosureOf(umbrella).Any(child => child.Id.Equals(id, StringComparison.OrdinalIgnoreCase)))
        {
            return true;
        }

        // A package without assemblies of its own is there for what it depends on.
        return !node.HasAssemblies
            && node.Dependencies.Any(child => child.Equals(id, StringComparison.OrdinalIgnoreCase) || Covers(project, child, id, depth + 1));
    }
}
