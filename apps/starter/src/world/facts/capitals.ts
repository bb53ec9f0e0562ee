/** The countries of the world whose capitals the model knows; of all others it says that it does not know. */
export const capitals: readonly { readonly country: string; readonly city: string }[] = pairs(`
France Paris, Germany Berlin, Italy Rome, Spain Madrid, Portugal Lisbon, England London, Ireland Dublin, Scotland Edinburgh,
Norway Oslo, Sweden Stockholm, Finland Helsinki, Denmark Copenhagen, Iceland Reykjavik, Poland Warsaw, Austria Vienna,
Switzerland Bern, Belgium Brussels, the_Netherlands Amsterdam, Hungary Budapest, Greece Athens, Turkey Ankara, Russia Moscow,
Ukraine Kyiv, Romania Bucharest, Bulgaria Sofia, Serbia Belgrade, Croatia Zagreb, Slovenia Ljubljana, Slovakia Bratislava,
the_Czech_Republic Prague, Estonia Tallinn, Latvia Riga, Lithuania Vilnius, Albania Tirana, Malta Valletta, Cyprus Nicosia,
Egypt Cairo, Morocco Rabat, Tunisia Tunis, Kenya Nairobi, Ethiopia Addis_Ababa, Ghana Accra, Nigeria Abuja, Senegal Dakar,
China Beijing, Japan Tokyo, India New_Delhi, South_Korea Seoul, Thailand Bangkok, Vietnam Hanoi, Indonesia Jakarta,
the_Philippines Manila, Iran Tehran, Iraq Baghdad, Israel Jerusalem, Canada Ottawa, the_United_States Washington, Mexico Mexico_City,
Cuba Havana, Brazil Brasilia, Argentina Buenos_Aires, Chile Santiago, Peru Lima, Colombia Bogota, Australia Canberra,
New_Zealand Wellington
`);

// --- internal ---

function pairs(text: string): { country: string; city: string }[] {
  return text
    .trim()
    .split(/,\s+/)
    .map((pair) => {
      const [country = "", city = ""] = pair.split(" ").map((word) => word.replaceAll("_", " "));
      return { country, city };
    });
}
