using System.Reflection.Metadata;

namespace ReproGate.Assemblies.Reading;

/// <summary>Splits a type's serialised name as attributes hold it, generic arguments included, into types with their assemblies.</summary>
internal static class SerializedTypeName
{
    private static readonly TypeNameParseOptions Options = new() { MaxNodes = 64 };

    /// <summary>The types of other assemblies; empty for names without assembly and for what is no type name.</summary>
    public static IEnumerable<(string Assembly, string Type)> Split(string name)
    {
        if (!name.Contains(',', StringComparison.Ordinal) || !TypeName.TryParse(name, out TypeName? parsed, Options))
        {
            yield break;
        }

        var open = new Stack<TypeName>();
        open.Push(parsed);
        while (open.TryPop(out TypeName? type))
        {
            if (type.IsArray || type.IsPointer || type.IsByRef)
            {
                open.Push(type.GetElementType());
            }
            else if (type.IsConstructedGenericType)
            {
                open.Push(type.GetGenericTypeDefinition());
                foreach (TypeName argument in type.GetGenericArguments())
                {
                    open.Push(argument);
                }
            }
            else if (type.AssemblyName is { Name.Length: > 0 } assembly)
            {
                yield return (assembly.Name, type.FullName);
            }
        }
    }
}
