extern alias editor;

using Microsoft.CodeAnalysis;
using Descriptors = editor::ReproGate.Analyzers.Descriptors;

namespace ReproGate.Analyzers.Tests;

/// <summary>The analyzer's rules are the catalogue's, and it needs nothing that a host of Roslyn may lack.</summary>
public sealed class DescriptorTests
{
    [Fact]
    public void They_are_the_catalogue_s()
    {
        foreach (DiagnosticDescriptor descriptor in new[] { Descriptors.KeyNotDeclared, Descriptors.TransitivePackageUsed })
        {
            Rule rule = RuleCatalog.Find(descriptor.Id)!;
            Assert.Equal((rule.Title, rule.DefaultSeverity.ToString()), (descriptor.Title.ToString(null), descriptor.DefaultSeverity.ToString()));
        }
    }

    [Fact]
    public void It_references_only_what_every_host_has()
    {
        string[] known = ["netstandard", "Microsoft.CodeAnalysis", "Microsoft.CodeAnalysis.CSharp", "Microsoft.CodeAnalysis.Workspaces", "System.Collections.Immutable", "System.Composition.AttributedModel", "System.Memory", "System.Text.Encodings.Web", "System.Text.Json"];

        Assert.Empty(typeof(Descriptors).Assembly.GetReferencedAssemblies().Select(static assembly => assembly.Name!).Except(known));
    }
}
