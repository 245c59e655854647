using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Linking.Configuration;

/// <summary>One assembly of an executable.</summary>
/// <param name="Facts">Its facts.</param>
/// <param name="ResolveDocument">From a document's path in the PDB to the file on this machine (path maps undone); null to leave it as it is.</param>
public sealed record LinkedAssembly(CodeFacts Facts, Func<string, string>? ResolveDocument = null);

/// <summary>Links the facts of all project assemblies of an executable: which keys its code asks for, and how it builds its configuration.</summary>
public static class ConfigurationLinker
{
    private const int MaximumNotes = 50;

    /// <summary>Links.</summary>
    /// <param name="executable">The executable's own assembly.</param>
    /// <param name="references">The assemblies of the projects it references, directly or not.</param>
    /// <param name="ofPackages">What packages say by themselves that they read.</param>
    public static ExecutableConfiguration Link(LinkedAssembly executable, IEnumerable<LinkedAssembly> references, IEnumerable<ConfigurationRead>? ofPackages = null)
    {
        List<LinkedAssembly> assemblies = [executable, .. references.Where(reference => reference.Facts.Name != executable.Facts.Name)];
        var resolvers = new Dictionary<string, Func<string, string>?>(StringComparer.Ordinal);
        var documents = new Dictionary<(string, string), string>();
        foreach (LinkedAssembly assembly in assemblies)
        {
            resolvers.TryAdd(assembly.Facts.Name, assembly.ResolveDocument);
        }

        SourceLocation? Locate(string assembly, CodePlace? place)
        {
            if (place is null)
            {
                return null;
            }

            if (!documents.TryGetValue((assembly, place.Document), out string? file))
            {
                file = resolvers.GetValueOrDefault(assembly)?.Invoke(place.Document) ?? place.Document;
                documents[(assembly, place.Document)] = file;
            }

            return new SourceLocation(file, place.Line, place.Column);
        }

        var program = new CodeProgram([.. assemblies.Select(static assembly => assembly.Facts)]);
        new Reachability(program).Mark(executable.Facts);
        var graph = new CallGraph(program);
        var evaluator = new ValueEvaluator(program, graph);
        var collector = new ReadCollector(program, graph, evaluator, LibraryReaders.Default, Locate);
        foreach (MethodNode method in program.Methods.Where(static method => method.Reached))
        {
            collector.Collect(method);
        }

        var chain = new HostChain(program, graph, evaluator, Locate);
        HostConfiguration host = chain.Read(executable.Facts) with { Listeners = new ListenCalls(program, graph, evaluator, Locate).Find() };
        IEnumerable<ConfigurationRead> ofHost = LibraryReaders.Default.OfHost(host.Kind)
            .Select(read => read with { Location = chain.Location, Assembly = executable.Facts.Name, Member = chain.Member });
        List<string> unread = [.. assemblies.SelectMany(static assembly => assembly.Facts.Unread.Select(note => $"{assembly.Facts.Name}: {note}")), .. collector.Unread.Distinct(StringComparer.Ordinal)];
        if (evaluator.GaveUp)
        {
            unread.Add("The code is too entangled for every key to be followed.");
        }

        return new ExecutableConfiguration
        {
            Name = executable.Facts.Name,
            Reads = [.. collector.Reads.Concat(ofHost).Concat(ofPackages ?? []).OrderBy(static read => read.Key, StringComparer.OrdinalIgnoreCase).ThenBy(static read => read.Location?.File, StringComparer.Ordinal).ThenBy(static read => read.Location?.Line).ThenBy(static read => read.Location?.Column).ThenBy(static read => read.Kind)],
            Unresolved = [.. collector.Unresolved.OrderBy(static read => read.Location?.File, StringComparer.Ordinal).ThenBy(static read => read.Location?.Line).ThenBy(static read => read.Location?.Column).ThenBy(static read => read.Expression, StringComparer.Ordinal)],
            Host = host,
            Literals = [.. assemblies.SelectMany(assembly => assembly.Facts.Literals.Select(literal => new LiteralConstant(literal.Text, Locate(assembly.Facts.Name, literal.Place), assembly.Facts.Name)))],
            Unread = [.. unread.Take(MaximumNotes)],
        };
    }
}
