using ReproGate.Facts;

namespace ReproGate.Assemblies;

/// <summary>The facts of an assembly kept in a file: the pass runs only when the assembly is another one than the file tells of.</summary>
public static class AssemblyFactsFile
{
    private const long MaximumLength = 256 * 1024 * 1024;

    /// <summary>Returns the stored facts where they are of this very assembly, else runs the pass and stores its result.</summary>
    /// <param name="assembly">Absolute path of the assembly.</param>
    /// <param name="file">Absolute path of the facts file; its folder is created.</param>
    /// <param name="isGenerated">Tells from a document's path whether nobody can edit it; must be the same on every call for one file.</param>
    /// <param name="reused">True where the pass did not run.</param>
    /// <exception cref="UnreadableAssemblyException">The assembly cannot be read; nothing is stored.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read or written.</exception>
    public static AssemblyFacts ReadOrCollect(string assembly, string file, Func<string, bool>? isGenerated, out bool reused)
    {
        Guid mvid = AssemblyFactsReader.ReadMvid(assembly);
        AssemblyFacts? stored = ReadStored(file);
        // The id of the PDB is part of a deterministic assembly's id; a PDB that was missing or damaged may have come since.
        reused = stored is not null && stored.Mvid == mvid && stored.Symbols == SymbolState.Found;
        if (reused)
        {
            return stored!;
        }

        AssemblyFacts facts = AssemblyFactsReader.Read(assembly, isGenerated);
        Store(file, facts);
        return facts;
    }

    private static AssemblyFacts? ReadStored(string file)
    {
        var info = new FileInfo(file);
        return info.Exists && info.Length <= MaximumLength ? AssemblyFactsJson.Read(File.ReadAllBytes(file)) : null;
    }

    private static void Store(string file, AssemblyFacts facts)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string temporary = $"{file}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (FileStream stream = File.Create(temporary))
            {
                AssemblyFactsJson.Write(stream, facts);
            }

            File.Move(temporary, file, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
