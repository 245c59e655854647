using ReproGate.Assemblies.Reading;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>Reads from an assembly and its portable PDB what the configuration gate links, in time and memory linear in their size.</summary>
public static class CodeFactsReader
{
    // Every instruction is run up to three times, and each block copies its method's variables.
    private const int EffortPerByte = 64;

    /// <summary>Reads an assembly from disk; the PDB is the embedded one or the file of the same name beside it.</summary>
    /// <param name="path">Absolute path of the assembly.</param>
    /// <param name="isGenerated">Tells from a document's path in the PDB whether nobody can edit it; null for none.</param>
    /// <exception cref="UnreadableAssemblyException">The file is no managed assembly or so damaged that nothing can be said of it.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    public static CodeFacts Read(string path, Func<string, bool>? isGenerated = null)
    {
        using FileStream stream = AssemblyFactsReader.Open(path);
        using FileStream? symbols = AssemblyFactsReader.OpenPdbBeside(path);
        return Read(stream, symbols, isGenerated);
    }

    /// <summary>Reads an assembly from a stream, from its beginning.</summary>
    /// <param name="assembly">The assembly; seekable.</param>
    /// <param name="symbols">The PDB beside it, if there is one; ignored where the assembly embeds its own.</param>
    /// <param name="isGenerated">Tells from a document's path in the PDB whether nobody can edit it; null for none.</param>
    /// <exception cref="UnreadableAssemblyException">The stream holds no managed assembly or one so damaged that nothing can be said of it.</exception>
    public static CodeFacts Read(Stream assembly, Stream? symbols, Func<string, bool>? isGenerated = null) =>
        AssemblyFactsReader.Read(assembly, symbols, isGenerated, EffortPerByte, static (image, metadata, sources, effort, unread, state) => new ConfigurationPass(image, metadata, sources, effort, unread).Run(state));
}
